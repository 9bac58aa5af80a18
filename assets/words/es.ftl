# Landline en español. Palabras sencillas, una idea por frase y qué hacer después.
# Las secciones siguen el orden de en.ftl; tests/words.rs compara claves y variables.

## Compartido
app-name = Landline
action-cancel = Cancelar
action-close = Cerrar
action-back = Volver
action-copy = Copiar
action-call = Llamar
action-retry = Reintentar
action-remove = Quitar
copied = Copiado

## Pestañas
tab-conversations = Mensajes
tab-calls = Llamadas
tab-codes = Códigos
tab-settings = Ajustes

## Tiempo
today = Hoy
yesterday = Ayer
ago-now = ahora mismo
ago-minutes = { $count ->
    [one] hace 1 minuto
   *[other] hace { $count } minutos
}
ago-hours = { $count ->
    [one] hace 1 hora
   *[other] hace { $count } horas
}
weekday-1 = lunes
weekday-2 = martes
weekday-3 = miércoles
weekday-4 = jueves
weekday-5 = viernes
weekday-6 = sábado
weekday-7 = domingo
month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre
date-day-month = { $day } de { $month }
date-full = { $day } de { $month } de { $year }
duration-minutes = { $count } min
duration-seconds = { $count } s

## Línea de estado
registration-offline = Desconectada
registration-connecting = Conectando…
registration-registered = Conectada
registration-failed = Sin conexión
wired-on = Por cable: { $name }
wired-none = Sin cable de red
wired-only-wifi = Solo hay Wi-Fi: Landline no está conectado
wired-only-cellular = Solo hay datos móviles: Landline no está conectado
wired-only-bluetooth = Solo hay Bluetooth: Landline no está conectado
wired-radio-allowed = Inalámbrico, con tu permiso: { $name }
wired-virtual = Enlace: { $name }
wired-loopback = Solo en esta computadora
wired-unknown = Enlace de tipo desconocido: { $name }. Landline no está conectado
wired-ask = No hay cable. ¿Puede Landline usar { $name } ({ $kind })? Recordará lo que digas.
wired-ask-yes = Sí, usarlo
wired-ask-no = No, esperar el cable
wired-plug-in = Conecta un cable de red o permite el inalámbrico.
wired-beside-wifi = El wifi está encendido, sin usarse
wired-beside-cellular = Los datos móviles están encendidos, sin usarse
wired-beside-bluetooth = Una red Bluetooth está encendida, sin usarse
wired-switch-off = Landline no usa esa radio. Para estar sin ella, apágala en los ajustes de red del equipo o escribe: nmcli radio all off
wired-name-servers = Otro programa de este equipo busca los nombres de los servidores y puede preguntar por radio. A un servidor de nombres de /etc/resolv.conf que no sea este equipo se le pregunta por el cable.
demo-on = Demostración: nada sale de esta computadora
demo-beside = La cuenta de demostración está junto a la tuya
demo-try-title = Prueba todo aquí
demo-try = Escríbele a Ana. Llama al 600 y óyete, o al 601 para oír dígitos. Cada minuto llega un código por mensaje.

## Bienvenida
welcome-title = Tu teléfono, por cable
welcome-about = Llamadas, mensajes y códigos de verificación en esta computadora. Sin teléfono móvil.
welcome-add-title = Agregar una cuenta
welcome-address = Dirección
welcome-address-hint = ana@example.org
welcome-address-about = La de tu servicio telefónico o tu proveedor XMPP.
welcome-password = Contraseña
welcome-show-password = Mostrar la contraseña
welcome-hide-password = Ocultar la contraseña
welcome-connect = Conectar
welcome-advanced = Avanzado
welcome-kind = Tipo de cuenta
welcome-kind-auto = Averiguarlo
welcome-provider = Servicio telefónico
welcome-provider-auto = Se reconoce por la dirección
welcome-server = Servidor
welcome-server-hint = Se busca solo
welcome-transport = Transporte
welcome-transport-auto = Automático
welcome-tls = Cifrado
welcome-tls-direct = TLS desde el inicio
welcome-tls-starttls = STARTTLS
welcome-auth-user = Nombre de acceso
welcome-auth-user-hint = Si no es el de la dirección
welcome-ca = Archivo de CA (PEM)
welcome-ca-hint = Solo para un servidor propio
welcome-trying-xmpp = Buscando XMPP en { $domain }…
welcome-trying-sip = Buscando SIP en { $domain }…
welcome-adding = Funciona. Guardando la cuenta…
welcome-demo = ¿Aún no tienes cuenta? Cierra esta ventana y ejecuta “landline --demo” para probarlo todo en esta computadora.
welcome-no-server-either = No hay servicio XMPP ni SIP en { $domain }. Revisa la dirección o escribe el servidor en Avanzado.
welcome-timed-out = El servidor no respondió a tiempo. Revisa el servidor e inténtalo de nuevo.
welcome-server-gone = El servidor cerró la conexión. Inténtalo de nuevo o pregunta al proveedor.

## Frase de acceso
unlock-title = Escribe tu frase de acceso
unlock-about = Tus contraseñas y mensajes están cifrados. Landline se conecta en cuanto los abras.
unlock-choose-title = Elige una frase de acceso
unlock-choose-about = Esta computadora no tiene un llavero, así que una frase protege tus contraseñas y mensajes. Te la pedirá cada vez que empiece; no se puede recuperar.
unlock-passphrase = Frase de acceso
unlock-again = Otra vez la misma
unlock-differs = No son iguales.
unlock-wrong = Esa frase no lo abre. Inténtalo de nuevo.
unlock-open = Abrir
unlock-keep = Guardarla
unlock-later = Ahora no
trouble-title = No se pueden abrir tus mensajes
trouble-calls = Hasta entonces no se conecta ninguna cuenta: lo que te envíen espera con tu proveedor.
trouble-again = Intentar de nuevo
trouble-repair = Salvar lo que se pueda leer
trouble-repair-about = Lo que se pueda leer pasa a un archivo nuevo. El dañado queda a su lado.
trouble-anew = Empezar de cero
trouble-anew-about = Landline empieza con un archivo vacío. El anterior queda a su lado, intacto, y quien encuentre su llave aún podrá abrirlo.
trouble-anew-sure = Sí, empezar de cero
trouble-anew-not = No
recover-title = Escribe tu frase de recuperación
recover-about = El llavero ya no tiene la llave de tus mensajes. Tu frase de recuperación los abre. Las contraseñas de las cuentas también estaban en el llavero: te las pedirá de nuevo.
recovery-title = Elige una frase de recuperación
recovery-about = Tus mensajes están cifrados y la llave está en el llavero de esta computadora. Si algún día se pierde el llavero, esta frase los abre. Nadie más la tiene: anótala.

## Conversaciones
conversations-search = Buscar
conversations-new = Mensaje nuevo
conversations-empty = Aún no hay mensajes
conversations-empty-about = Escribe a un número o espera el primer mensaje.
conversations-nothing-found = Nada encontrado para “{ $words }”
conversations-in-messages = En los mensajes
conversations-pick = Elige una conversación o empieza una nueva
conversations-you = Tú: { $text }

## Conversación nueva
new-title = Mensaje nuevo
new-to = Número, nombre o dirección
new-will-text = Irá a { $to } desde { $account }
new-type = Escribe un número, un nombre, o pega una dirección como tel:, sip: o xmpp:
new-no-account = Ninguna cuenta puede escribir ahí. Da la dirección completa, como número@pasarela.

## Hilo
thread-write = Escribe un mensaje
thread-send = Enviar
thread-earlier = Mensajes anteriores
thread-start = Aquí empieza la conversación.
thread-answer = Responder
thread-answering = Respuesta a
thread-correct = Corregir
thread-correcting = Corregir este mensaje
thread-withdraw = Retirar
thread-withdrawn = Este mensaje fue retirado.
thread-withdrawn-own = Retiraste este mensaje.
thread-withdrawn-moderator = Un moderador quitó este mensaje.
thread-withdrawn-asked = Se pidió a la otra parte que lo olvide. No se puede saber si lo hizo.
thread-edited = Corregido
thread-before = Antes: { $text }
thread-you = Tú
thread-attach = Enviar un archivo
thread-emoji = Emoji
thread-path = Archivo para enviar
thread-path-hint = /home/tu/imagenes/foto.jpg
thread-path-about = También puedes soltar un archivo en la conversación o pegarlo.
thread-path-limit = Hasta { $size }. También puedes soltar un archivo en la conversación o pegarlo.
thread-sms = { $parts ->
    [one] Un mensaje; caben { $left } caracteres más
   *[other] { $parts } mensajes; en el último caben { $left } caracteres más
}
thread-block = Bloquear
thread-blocked = Has bloqueado a { $who }: sus mensajes y llamadas no te llegan. Lo que hay aquí se queda.
thread-unblock = Desbloquear
thread-writing = { $who } está escribiendo…
file-picture = Imagen
file-sound = Sonido
file-file = Archivo
file-save = Guardar
file-fetch = Descargar
file-saved = Guardado como { $path }
file-stop = Detener
file-moving = { $percent } %
file-kilobytes = { $n } kB
file-megabytes = { $n } MB
file-megabytes-tenths = { $n },{ $tenths } MB
file-unreachable = No se puede llegar al servidor que tiene el archivo.
file-gone = El archivo ya no está.
file-too-large = El archivo es demasiado grande.
file-another = El archivo no es el que se envió. Se ha desechado.
file-disk = No se puede escribir el archivo en el disco.
state-queued = En espera de envío
state-sent = Enviado
state-delivered = Entregado
state-read = Visto
state-failed = No enviado

## Marcador
dial-field = Número, nombre o dirección
dial-call = Llamar
dial-will-call = Llamará a { $to } desde { $account }
dial-from = desde { $account }
dial-no-account = Ninguna cuenta puede llamar ahora
dial-type = Escribe un número o un nombre, o pega una dirección.
dial-not-yet = Todavía no es un número ni una dirección.
dial-best-account = Desde la cuenta que mejor convenga
dial-delete = Borrar el último dígito
dial-emergency = Landline no puede prometer que una llamada de emergencia llegue, ni que nadie sepa dónde estás. Si hay otro teléfono, úsalo. Si no, llama y di primero tu dirección.
history-title = Llamadas
history-empty = Aún no hay llamadas
history-missed = Perdida
history-incoming = Recibida
history-outgoing = Hecha
history-not-answered = Sin respuesta
history-call-again = Llamar a { $name }
voicemail = Buzón de voz
voicemail-new = Buzón de voz: { $count ->
    [one] 1 mensaje nuevo
   *[other] { $count } mensajes nuevos
}
voicemail-waiting = Buzón de voz: hay algo nuevo
voicemail-none = Buzón de voz: nada nuevo
voicemail-listen = Escuchar

## Llamada
call-dialling = Llamando…
call-ringing = Timbrando…
call-incoming = Llamada entrante
call-connecting = Conectando…
call-active = En llamada
call-held = En espera
call-held-there = Te pusieron en espera
call-mute = Silenciar
call-unmute = Activar
call-muted = Micrófono apagado
call-join = Unir las llamadas
call-joined = Unidas: todos se oyen
call-transfer = Transferir
transfer-to = Transferir a
transfer-about = Hablar antes: les llamas mientras la otra persona espera. Pasar ya: la otra persona les llama y tú quedas fuera.
transfer-talk-first = Hablar antes
transfer-send-now = Pasar ya
transfer-together = Poner en contacto
transfer-asked = Transfiriendo: se les pidió que llamen…
transfer-ringing = Transfiriendo: allí suena…
transfer-failed = No se pudo transferir la llamada: { $reason }. Sigues en ella.
transfer-asked-by = { $name } te pide que llames a
transfer-follow = Llamar
transfer-refuse = No llamar
call-record = Grabar
call-record-stop = Dejar de grabar
call-recording = Grabando
call-recording-into = En el archivo { $path }
call-recorded = La grabación está en { $path }
call-volume = Su volumen: { $percent } %
call-softer = Más bajo
call-louder = Más alto
call-details = Detalles
quality-good = La línea está bien.
quality-they-miss-little = Te oyen con pequeños cortes: { $part } de lo que dices se pierde en el camino.
quality-they-miss = Te oyen mal: { $part } de lo que dices se pierde en el camino.
quality-you-miss-little = Oyes con pequeños cortes: { $part } de lo que te dicen se pierde en el camino.
quality-you-miss = Oyes mal: { $part } de lo que te dicen se pierde en el camino.
quality-both-miss-little = Se oyen con pequeños cortes: { $part } de lo que se dice se pierde en el camino.
quality-both-miss = Se oyen mal: { $part } de lo que se dice se pierde en el camino.
quality-slow = Lo que se dice llega tarde. Espera un momento antes de contestar.
quality-no-sound = No llega ningún sonido del otro lado.
quality-microphone-silent = No te oyen: tu micrófono está en silencio. Revisa su interruptor y su conector.
quality-no-microphone = No te oyen: no se puede usar ningún micrófono.
part-twentieth = una vigésima parte
part-tenth = una décima parte
part-fifth = una quinta parte
part-third = un tercio
part-half = la mitad
part-most = la mayor parte
quality-heard = Tú oyes
quality-said = Te oyen
quality-loss = perdido
quality-concealed = inventado
quality-jitter = desigual por
quality-delay = retenido
quality-round-trip = ida y vuelta
quality-unreported = sin informe
call-hold = Espera
call-resume = Reanudar
call-note = Notas
call-note-hint = Un código, un nombre, un número
call-note-about = Se guardan cifradas con la llamada.
call-keypad = Teclado
call-hang-up = Colgar
call-answer = Contestar
call-decline = Rechazar
call-keys-sent = Teclas enviadas: { $keys }
call-keys-hint = El teclado también sirve: 0–9, * y #
call-codec = Sonido: { $codec }
call-encrypted = Cifrada
call-encrypted-clear = Cifrada, pero sus claves viajaron en claro
call-encrypted-ends = Cifrada, con claves creadas en los dos extremos
call-encrypted-unvouched = Cifrada, pero nada garantiza quién está al otro extremo
call-encrypting = Preparando el cifrado…
call-searching = Se perdió el camino del sonido. Buscando otro…
call-cable-out = El cable de red está desconectado. La llamada lo espera medio minuto…
call-to-account = a { $account }
call-forwarded-by = Desviada por { $who }
call-forwarded-to = Desviada a { $who }
call-hidden = Número oculto
call-message = Mensaje
call-return = Volver a la llamada

## Códigos
codes-help-head = ¿No llega un código?
codes-help-about = Algunos servicios no envían códigos a números de internet como el tuyo, y no lo dicen. Lo que suele servir: que te llamen y dicten el código; que lo envíen por correo; o usar una aplicación de autenticación o una llave de seguridad en lugar de mensajes. Pregunta al servicio: solo él decide qué envía y adónde.
codes-empty = Aún no hay códigos
codes-empty-about = Cuando un mensaje traiga un código de verificación, aparecerá aquí en letra grande.
codes-older = Códigos anteriores
codes-newest = Código nuevo de { $sender }
notify-copy-code = Copiar código
notify-reply = Responder
notify-open = Abrir
notify-call-back = Devolver la llamada
notify-text = Mensaje nuevo
notify-code = Código de verificación nuevo
notify-missed = Llamada perdida
code-from = De { $sender }
code-site = Solo para { $site }
code-site-warning = No lo escribas en otro sitio.
code-warned = Cuidado con tu código
code-warn-pass-on = El mensaje pide que pases el código. Nadie honrado hace eso: no se lo des a nadie.
code-warn-asked = Otro mensaje pide este código. No se lo des a nadie, ni a quien conozcas: llama antes a esa persona.
code-warn-imitation = Este remitente es nuevo y se parece a uno que conoces. Abre el sitio por tu cuenta antes de usar el código.
code-warn-look-alike = Un enlace del mensaje imita el sitio de este código. No lo abras.
code-warn-foreign-link = Un enlace del mensaje lleva a otro sitio que el de este código.
code-valid-for = Vale por { $duration }
code-maybe-expired = Puede haber vencido
code-open-text = Ver el mensaje

## Ajustes
settings-accounts = Cuentas
settings-add-account = Agregar una cuenta
settings-remove-sure = ¿Quitar { $account }? Sus mensajes se quedan aquí.
settings-sound = Sonido
settings-microphone = Micrófono
settings-loudspeaker = Altavoz
settings-ring-on = Timbrar en
settings-ring-same = El mismo altavoz
settings-device-default = El de esta computadora
settings-device-default-named = Predeterminado: { $name }
settings-device-silence = Ninguno (silencio)
settings-device-gone = Desconectado: { $name }
settings-voice = Lo que la otra persona no oye
settings-voice-echo = El eco del altavoz
settings-voice-noise = El ruido
settings-voice-gain = Demasiado bajo o alto
settings-tones = Tonos del teléfono
settings-tones-automatic = Automático
settings-tones-us = Estados Unidos
settings-tones-mx = México
settings-tones-eu = Europa
settings-hold = Lo que se oye en espera
settings-hold-silence = Silencio
settings-hold-tune = Una melodía tranquila
settings-hold-file = Un archivo tuyo
settings-hold-path = Archivo WAV u Opus
settings-hold-path-hint = /home/tu/musica/melodia.opus
settings-hold-use = Usar este archivo
settings-test-start = Probar el sonido
settings-test-stop = Terminar la prueba
settings-test-tone = Tocar un tono
settings-test-about = Habla: la barra debe moverse.
settings-no-microphone = No se puede usar ningún micrófono. La otra persona oiría silencio.
settings-no-loudspeaker = No se puede usar ningún altavoz. No oirías nada.
settings-other-microphone = El micrófono elegido está desconectado. Se usa otro hasta que vuelva.
settings-other-loudspeaker = El altavoz elegido está desconectado. Se usa otro hasta que vuelva.
settings-data = Tus datos
settings-data-about = Los mensajes, las llamadas y las cuentas están cifrados en este disco.
settings-data-commands = En una terminal, landline backup guarda todo en un archivo cifrado, landline restore lo trae de vuelta y landline export lo escribe para otros programas.
settings-recovery-set = Poner una frase de recuperación
settings-swap = El espacio de intercambio de esta computadora no está cifrado: partes de lo que lees pueden quedar ahí. Cífralo o usa zram.
settings-rules = Cómo se hacen y se contestan las llamadas
settings-rules-keep = Guardar
settings-rule-yes = Sí
settings-rule-no = No
settings-country = Código de país
settings-country-about = Por ejemplo 1 o 34. Así los números se marcan en su forma internacional.
settings-area = Código de área
settings-area-about = Se pone delante de los números marcados sin él. Necesita un código de país.
settings-try-number = Prueba un número
settings-dialled = Se marca: { $number }
settings-dialled-nothing = Revisa los códigos de arriba: son solo cifras.
settings-voicemail = Número del buzón de voz
settings-voicemail-about = Solo si el servidor no lo dice.
settings-encryption = Llamadas cifradas
settings-encryption-suits = Según la conexión
settings-encryption-required = Siempre
settings-encryption-preferred = Si se puede
settings-encryption-off = Nunca
settings-hide = Ocultar tu número
settings-hide-about = A quien llamas no se le dice quién llama.
settings-at-once = Contestar al instante
settings-at-once-about = Las llamadas que lo piden se contestan solas, como un interfono: quien llama así oye la habitación.
settings-recording = Grabaciones
settings-recording-about = Las llamadas grabadas se guardan en { $folder }, solo para ti. Son archivos de sonido comunes, sin cifrar.
settings-recording-format = Formato
settings-recording-opus = Opus (pequeño)
settings-recording-wav = WAV (para cualquier programa)
settings-recording-announce = Avisar al otro lado
settings-recording-tone = Un tono corto cada 15 segundos
settings-recording-no-tone = Sin tono
settings-recording-law = En muchos lugares la ley pide que todos sepan de una grabación.
settings-privacy = Privacidad
settings-privacy-seen = Decir que has visto los mensajes
settings-privacy-writing = Decir que estás escribiendo
settings-privacy-known = Solo a personas a las que has escrito o que están en tu lista de contactos.
settings-privacy-fetch = Descargar solos los archivos de personas conocidas
settings-privacy-fetch-about = Los archivos de desconocidos nunca se descargan sin un clic: el servidor que tiene el archivo conocería tu dirección.
settings-yes = Sí
settings-no = No
settings-network = Red
settings-wired-about = Landline se conecta solo por cable.
settings-wireless-about = Permitiste enlaces inalámbricos. Desde fuera se puede seguir y escuchar la radio.
settings-allow-wireless = Permitir inalámbrico
settings-allow-sure = Landline usará Wi-Fi, datos móviles o Bluetooth cuando no haya cable. Entonces tu computadora se puede detectar y ubicar por radio.
settings-allow-confirm = Sí, permitir inalámbrico
settings-ask-wireless = Preguntarme
settings-ask-about = Landline usa el cable. Donde no lo hay, te pregunta antes de usar una radio, una vez por cada una.
settings-ask-anew = Preguntarme otra vez
settings-link-granted = dijiste que sí
settings-link-refused = dijiste que no
settings-forbid-wireless = Usar solo el cable
settings-link-wired = Cable
settings-link-wifi = Wi-Fi
settings-link-cellular = Datos móviles
settings-link-bluetooth = Bluetooth
settings-link-loopback = Esta computadora
settings-link-virtual = Virtual
settings-link-virtual-over = Virtual, sobre { $kind }
settings-link-unknown = Tipo desconocido
settings-link-used = En uso
settings-link-up = Conectado
settings-link-down = Sin conexión
settings-notifications = Notificaciones
settings-notify = Muestran quién escribe y qué
settings-notify-open = Siempre
settings-notify-locked = No con la pantalla bloqueada
settings-notify-hidden = Nunca
settings-quiet = No molestar
settings-quiet-on = Sí
settings-quiet-off = No
settings-quiet-about = Nada suena ni aparece, salvo los códigos. Las llamadas perdidas quedan en el historial.
settings-codes = Códigos de verificación
settings-codes-notify = En las notificaciones
settings-codes-notify-yes = Mostrar el código
settings-codes-notify-no = Decir solo que llegó uno
settings-codes-forget = En mensajes antiguos
settings-codes-forget-yes = Borrar después de un día
settings-codes-forget-no = Conservar
settings-codes-forget-about = El mensaje queda; sus números no se pueden volver a leer.
settings-desktop = Escritorio
settings-closing = Al cerrar la ventana
settings-tray = Señal en la bandeja
settings-tray-yes = Mostrar
settings-tray-no = No mostrar
settings-players = Música y películas durante una llamada
settings-players-yes = Pausar
settings-players-no = Dejar que sigan
settings-start = Al encender la computadora
settings-start-yes = Abrir Landline
settings-start-no = No abrirlo
settings-links = Enlaces de teléfono en otros programas
settings-links-yes = Abrir con Landline
settings-links-no = No abrir con él
settings-links-about = Para enlaces tel, sms, sip y xmpp. Rellenan un campo; nada se llama ni se envía solo.
settings-look = Apariencia
settings-theme = Colores
settings-theme-system = Como el escritorio
settings-theme-light = Claros
settings-theme-dark = Oscuros
settings-contrast = Contraste
settings-contrast-usual = Habitual
settings-contrast-high = Alto
settings-language = Idioma
settings-language-system = Como el escritorio
settings-text-size = Tamaño del texto
settings-smaller = Más pequeño
settings-larger = Más grande
settings-keys = Teclado
keys-move = De un control a otro; con Mayús, al revés
keys-back = Volver
keys-tabs = Mensajes, llamadas, códigos, ajustes
keys-new = Mensaje nuevo
keys-search = Buscar
keys-answer = Contestar la llamada
keys-hang-up = Rechazar o colgar
keys-mute = Encender o apagar el micrófono
keys-voicemail = Escuchar tu buzón de voz
keys-quit = Salir de Landline

## Por qué no se puede usar una cuenta
problem-wrong-password = El nombre o la contraseña no son correctos. Revísalos e inténtalo de nuevo.
problem-unknown-host = No hay tal servicio en esa dirección. Revisa lo que va después de la @ o escribe el servidor.
problem-unreachable = No se puede llegar al servidor. Revisa el cable y el nombre del servidor.
problem-timed-out = El servidor no respondió a tiempo. Landline lo intenta de nuevo solo.
problem-certificate-untrusted = El certificado del servidor no es de confianza. Si el servidor es tuyo, elige su archivo de CA.
problem-certificate-name = El certificado del servidor es de otro nombre. Revisa la dirección y el servidor.
problem-certificate-expired = El certificado del servidor venció. Revisa el reloj de esta computadora o avisa al proveedor.
problem-no-safe-login = El servidor no ofrece un acceso seguro. Pide al proveedor uno con cifrado.
problem-downgraded = Alguien entre tú y el servidor debilita el acceso. Tu contraseña no se entregó. Prueba otra red.
problem-conflict = Esta cuenta se abrió en otro lugar. Cierra el otro programa e inténtalo de nuevo.
problem-refused = El servidor rechazó la cuenta. Revisa el nombre y la contraseña o pregunta al proveedor si está activa.
problem-server-gone = El servidor se fue. Landline se reconecta solo.
problem-not-wired = Solo hay un enlace inalámbrico. Conecta un cable de red o permite el inalámbrico en Ajustes.
problem-no-password = No hay contraseña guardada para esta cuenta. Quítala y agrégala de nuevo.
problem-protocol = El servidor responde algo inesperado. Revisa el servidor y el tipo de cuenta.

## Por qué no se aceptó un mensaje
failure-not-found = No existe ese número o dirección.
failure-refused = La otra parte lo rechazó.
failure-not-registered = Tu pasarela aún no conoce esta cuenta. Regístrate primero en la pasarela.
failure-unavailable = No se pudo llegar a nadie. Inténtalo más tarde.
failure-password-asked = La otra parte pidió la contraseña de tu cuenta. Landline no se la dio.
failure-too-long = Es demasiado largo. Envíalo en partes más cortas.
failure-unsupported = La otra parte no acepta mensajes.
failure-file = El archivo ya no está o no se puede leer.
failure-stopped = Detenido.
failure-timed-out = No hubo respuesta a tiempo.
failure-server = El servidor tuvo un error. Inténtalo más tarde.

## Por qué terminó una llamada
ended-hung-up-here = Colgaste
ended-hung-up-there = La otra persona colgó
ended-cancelled = Sin contestar
ended-declined = Rechazada
ended-busy = La línea está ocupada
ended-no-answer = Nadie contestó
ended-not-found = No existe ese número o dirección
ended-unavailable = No está disponible ahora
ended-refused = Tu servicio no permite esta llamada
ended-no-common-media = Los dos teléfonos no tienen un formato de sonido en común
ended-not-encrypted = Se exige cifrado y el otro lado no puede
ended-encryption-failed = No se pudo preparar el cifrado, y nada se dijo sin él
ended-no-path = El sonido no encontró camino entre los dos teléfonos
ended-server-gone = Se perdió la conexión
ended-handled-elsewhere = Atendida en otro dispositivo
ended-local-fault = Una falla de sonido o de red en esta computadora
ended-lost = La otra persona desapareció sin colgar
ended-redirected = La llamada se desvió a otro número. Landline no lo marca por su cuenta: llámalo si quieres
ended-payment-needed = Tu servicio pide un pago antes de esta llamada
ended-incomplete = El número no está completo
ended-no-longer-in-use = Ese número o dirección ya no está en uso
ended-not-anonymously = No aceptan llamadas de números ocultos
ended-blocked = Allí están bloqueadas las llamadas de tu número
ended-overloaded = El servicio tiene demasiadas llamadas ahora. Inténtalo de nuevo en unos minutos
ended-password-asked = La otra parte pidió la contraseña de tu cuenta. Landline no se la dio
ended-transferred = Transferida
ended-server = El servidor tuvo un error

## Por qué Landline se niega
refusal-no-account = No hay ninguna cuenta. Agrega una primero.
refusal-unknown-account = No existe esa cuenta.
refusal-account-exists = Ya hay una cuenta con esa dirección.
refusal-bad-account-address = Eso no es la dirección de una cuenta. Debe ser como nombre@example.org.
refusal-bad-address = Eso no es un número ni una dirección. Revisa lo que escribiste.
refusal-not-connected = La cuenta no está conectada ahora. Inténtalo cuando lo esté.
refusal-not-supported = Esta cuenta no puede hacer eso.
refusal-no-call = Esa llamada ya no existe.
refusal-apart = Esas llamadas son de cuentas distintas y no se pueden poner en contacto.
refusal-no-message = No existe ese mensaje o conversación.
refusal-bad-text = Ahí no hay nada que se pueda enviar.
store-file = Archivo: { $path }
store-open = Los mensajes se pueden leer y guardar.
store-closed = Los mensajes están bloqueados. Escribe la frase de acceso.
store-recoverable = La llave de tus mensajes no está en el llavero. Tu frase de recuperación los abre.
store-key-lost = La llave de tus mensajes no está en el llavero y no hay frase de recuperación. No se pueden leer hasta que el llavero la tenga de nuevo; el archivo queda como está.
store-keyring-silent = El llavero, que tiene la llave de tus mensajes, no responde. Desbloquéalo e inténtalo de nuevo. El archivo queda como está.
store-full = El disco está lleno y no se puede guardar nada. Libera espacio e inténtalo de nuevo.
store-read-only = No se puede escribir en el disco o en el archivo.
store-damaged = El archivo de mensajes está dañado y quedó como estaba.
store-too-new = Los mensajes los guardó un Landline más nuevo. Usa ese u otro más nuevo.
store-in-use = Otro programa está usando el archivo de mensajes.
store-io = No se puede leer o escribir el archivo de mensajes.
refusal-secrets-locked = Las contraseñas están bloqueadas. Escribe la frase de acceso.
refusal-secrets-failed = No se pudo guardar la contraseña. Revisa el llavero y que el disco no esté lleno.
refusal-config = No se pudieron guardar los ajustes. Revisa que el disco no esté lleno.
refusal-sound = No se pudo abrir ningún dispositivo de sonido. Revisa los conectores.
refusal-disk-full = El disco está lleno: la llamada ya no se graba. La llamada sigue.
refusal-not-recorded = No se puede escribir la grabación: la llamada no se graba. La llamada sigue.
refusal-no-tune = Ese archivo no se puede tocar. Elige uno WAV u Opus.
refusal-no-file = No existe ese archivo, está vacío o no se puede leer.
refusal-file-too-large = El archivo es más grande de lo que acepta tu servidor.
refusal-no-voicemail = No se sabe el número del buzón de voz. Escríbelo en los ajustes de la cuenta.
refusal-stopping = Landline se está cerrando.

## Central de prueba
demo-friend-name = Ana
demo-friend-hello = Hola, soy Ana. Escríbeme: siempre contesto.
demo-friend-answer-1 = Tu mensaje me llegó por cable. Ningún celular de por medio.
demo-friend-answer-2 = Llama al 600 y te oyes como te oye la otra persona.
demo-friend-answer-3 = Llama al 601: una voz lee en voz alta tu código más nuevo, como hacen algunos bancos.
demo-friend-answer-4 = Toca Llamar arriba: ahora no puedo hablar, así que te contesto con un mensaje.
demo-friend-busy = Vi tu llamada. Ahora no puedo hablar; escríbeme.
demo-gateway-answer = Pasarela de SMS de la prueba: tu mensaje a { $number } llegó, con { $count ->
    [one] 1 carácter
   *[other] { $count } caracteres
}.
demo-code-bank = Banco Ejemplo: tu código de verificación es { $code }. Vale 10 minutos. Nadie del banco te lo pedirá jamás.
demo-code-office = { $code } es tu código para la Oficina Municipal. Vale 5 minutos.
demo-code-shop = Tu código de verificación de Tienda Ejemplo es { $code }.

## Cerrar la ventana
closing-title = ¿Debe Landline seguir en marcha?
closing-about = Sin su ventana, las llamadas y los mensajes te siguen llegando. Abre Landline de nuevo para verla. Puedes cambiarlo en los ajustes.
closing-keep = Seguir en marcha
closing-quit = Salir
closing-stay = Dejar la ventana

## Bandeja
tray-show = Abrir Landline
tray-copy-code = Copiar el código más reciente
tray-unread = { $count ->
    [one] 1 mensaje nuevo
   *[other] { $count } mensajes nuevos
}
tray-missed = { $count ->
    [one] 1 llamada perdida
   *[other] { $count } llamadas perdidas
}

## Línea de comandos
cli-not-running = Landline no está en marcha. Inícialo primero: landline run --headless
cli-runs-already = Landline ya está en marcha.
cli-runs-headless = Landline ya está en marcha, sin ventana. Termina ese primero.
cli-window-shown = Landline ya está en marcha; su ventana pasa al frente.
cli-no-display = No hay pantalla para la ventana. Sin ella, usa: landline run --headless
cli-busy = Landline está empezando o cerrándose. Inténtalo de nuevo en un momento.
cli-no-answer = El Landline en marcha no responde. Ciérralo y ábrelo de nuevo.
cli-other-version = El Landline en marcha es de otra versión. Ciérralo y ábrelo de nuevo.
cli-lagged = Hubo más novedades de las que se podían leer. Pregunta de nuevo.
cli-ended-badly = Landline se detuvo por un fallo propio. Su registro dice dónde: { $path }
cli-home = No se puede usar la carpeta { $path }. Revisa que sea tuya y que el disco no esté lleno.
cli-config-syntax = El archivo de ajustes tiene un error en la línea { $line }: { $path }
cli-system = El sistema no admite otro programa. Cierra alguno e inténtalo de nuevo.
cli-demo-failed = La demostración no puede empezar en esta computadora.
cli-window-failed = No se puede abrir la ventana. Sin ella, usa: landline run --headless
cli-no-terminal = No hay terminal donde preguntar. Da la contraseña con --password-stdin y la frase de acceso en LANDLINE_PASSPHRASE.
cli-no-password = La contraseña está vacía.
cli-ca-unreadable = No se puede leer el archivo de CA: { $path }
cli-file-late = Ha tardado más de { $seconds } s. El archivo sigue llegando por sí solo.
cli-text-late = El mensaje está guardado y saldrá solo, pero esto tardó más de { $seconds } s. Por ahora: { $state }.
cli-no-code = No llegó ningún código en { $seconds } s.
cli-write-failed = No se pudo escribir la respuesta.
cli-ask-password = Contraseña de { $account }:
cli-ask-passphrase = Frase de acceso de las contraseñas de Landline:
cli-ask-recovery = Frase de recuperación de tus mensajes:
cli-account-added = Agregada: { $account }
cli-account-provider = Se usan los ajustes de { $provider } donde el DNS no dice nada, según su documentación: { $source }
cli-rule-none = ninguno
cli-area-alone = Un código de área necesita un código de país.
cli-account-removed = Quitada: { $account }
cli-no-accounts = Aún no hay cuentas. Agrega una con: landline account add
cli-running-yes = Landline está en marcha.
cli-running-no = Landline no está en marcha.
cli-secrets-locked = Contraseñas: bloqueadas, falta la frase de acceso.
cli-secrets-none = Contraseñas: aún no hay ninguna guardada.
cli-wireless-allowed = Permites los enlaces inalámbricos.
cli-wireless-asked = Se usa el cable; de cada radio se te pregunta.
cli-wireless-unanswered = No hay cable. Para usar esta radio: landline wired --allow { $name }. Para esperar el cable: landline wired --refuse { $name }
cli-wireless-forbidden = Solo se usa el cable.
cli-device-default = predeterminado
cli-device-wireless = inalámbrico: solo se usa si se elige
cli-device-chosen = elegido
cli-devices-none = No se encontró ninguno.
cli-unread = { $count ->
    [one] 1 mensaje sin leer
   *[other] { $count } mensajes sin leer
}
cli-recording = Se graba en { $path }
cli-calls-none = No hay llamadas ahora.
cli-messages-none = No hay mensajes.
cli-codes-none = No hay códigos.
cli-call = Llamada { $id } con { $name }: { $state }
cli-code = { $code } de { $sender }
cli-code-copied = En el portapapeles durante { $seconds } s, o hasta que se copie otra cosa. Ctrl-C lo quita ahora.
cli-no-clipboard = No hay un portapapeles que acepte un secreto. Con X11 funciona; con Wayland copia desde la ventana.
cli-text-to = Mensaje para { $name }: { $state }
cli-text-out = Tú a { $name }: { $text }
cli-text-in = { $name }: { $text }
cli-text-state = Mensaje { $id }: { $state }
cli-referred = { $name } te pide que llames a { $to }. Responde con “landline transfer --accept” o “--refuse”.
cli-key-pressed = Pulsaron { $key }
cli-demo-console = La demostración funciona en esta terminal. Desde otra, prueba: landline --demo call 600, landline --demo codes, landline --demo hangup
cli-started = Landline está en marcha. Ctrl-C lo termina.
cli-ended = Landline ha terminado.

## Línea de comandos: uso incorrecto
usage-usage = Uso:
usage-commands = Órdenes
usage-arguments = Argumentos
usage-options = Opciones
usage-unknown-argument = “{ $what }” no va aquí.
usage-unknown-command = No existe la orden “{ $what }”.
usage-missing = Falta esto: { $what }
usage-missing-command = Falta una orden.
usage-bad-value = “{ $value }” no sirve para { $what }.
usage-missing-value = Falta un valor para { $what }.
usage-twice = “{ $what }” solo puede ir una vez.
usage-wrong = No se entiende la orden.
usage-see = Mira: { $command } --help

## Línea de comandos: ayuda
help-landline = Un teléfono de escritorio por cable: llamadas, mensajes y códigos de verificación por XMPP y SIP.
help-landline-more =
    Sin una orden, Landline abre su ventana. Las órdenes hablan con el Landline en marcha de la misma --home por un
    socket privado, así que una ventana y un guion comparten un teléfono; lo que no necesita un Landline en marcha
    funciona sin él.

    Direcciones: un número como lo marcarías, el nombre de un contacto o direcciones tel:, sip: y xmpp:.

    Ejemplos:
      landline account add xmpp --address tu@example.org
      landline run --headless --json
      landline text +15551234567 "Hola" --wait delivered
      landline call sip:bob@example.org
      landline codes --wait 60

    Estado de salida: 0 hecho; 1 rechazado o fallido, con una frase en la salida de errores; 2 uso incorrecto.
    Con --json un rechazo se imprime también como objeto, por ejemplo { "{" }"refusal":"not_connected"{ "}" }.

    Entorno:
      LANDLINE_PASSPHRASE  abre el archivo cifrado de contraseñas donde no hay llavero
      LANDLINE_LOG         cuánto se registra: error, warn, info, debug o trace; nunca nada personal
      LANG, LC_ALL         el idioma, si no se eligió otro en los ajustes

    Archivos: ~/.config/landline, ~/.local/share/landline, ~/.local/state/landline (el registro) y ~/.cache/landline,
    o todo bajo --home.
help-landline-run = Poner Landline en marcha e imprimir lo que pasa
help-landline-run-more =
    Funciona hasta Ctrl-C o SIGTERM; entonces las cuentas se desconectan. Con --json cada suceso es una línea, escrita
    al momento: { "{" }"event":"message", …{ "}" }. Sucesos: registered, registration_failed, registration_changed,
    account_added, account_removed, message, message_state, conversation_read, code, code_warned,
    code_forgotten, call, call_logged, dtmf_received,
    recording_failed, quality, contacts, wired, devices_changed, store, kept, show_window,
    link_opened, desktop_changed, quit. Sin --headless se abre la ventana.
help-landline-open = Mostrar la ventana, con un enlace en su campo
help-landline-open-more =
    Acepta enlaces tel:, sms:, sip:, sips: y xmpp:. Rellena un campo; nunca marca ni envía.

    Ejemplo:
      landline open "sms:+15551234567?body=Ya%20voy"
help-landline-account = Agregar, listar y quitar cuentas
help-landline-account-add = Agregar una cuenta
help-landline-account-add-sip = Agregar una cuenta SIP
help-landline-account-add-sip-more =
    El servidor se busca por DNS si no se da --server. La contraseña se pregunta o se lee de la entrada estándar; se
    guarda en el llavero o en un archivo cifrado, nunca en texto plano. La cuenta no se prueba: un Landline en marcha la
    conecta enseguida, y “landline status” dice cómo fue.

    Ejemplo:
      landline account add sip --address sip:tu@provider.example --transport tls
help-landline-account-add-xmpp = Agregar una cuenta XMPP
help-landline-account-add-xmpp-more =
    El servidor se busca por DNS si no se da --server. La contraseña se pregunta o se lee de la entrada estándar; se
    guarda en el llavero o en un archivo cifrado, nunca en texto plano. La cuenta no se prueba: un Landline en marcha la
    conecta enseguida, y “landline status” dice cómo fue.

    Ejemplo:
      landline account add xmpp --address tu@example.org
help-landline-account-list = Listar las cuentas
help-landline-account-providers = Lista los servicios telefónicos cuyos ajustes se conocen
help-landline-account-rules = Muestra o cambia cómo se hacen y se contestan las llamadas de una cuenta
help-landline-account-remove = Quitar una cuenta y su contraseña; sus mensajes se quedan
help-landline-status = Mostrar cuentas, red y llamadas
cli-progress = { $percent } %
cli-ask-backup = Frase de la copia de seguridad:
cli-backed-up = Todo está en { $path }. Solo la frase lo abre.
cli-restored = Restaurado desde { $path }. Lo que había antes queda a su lado, con la fecha en su nombre.
cli-exported = Escrito en { $path }
cli-nothing-kept = Aún no hay mensajes.
cli-exists = Eso ya existe y no se reemplaza: { $path }
cli-not-written = No se puede escribir; ¿hay espacio y es tuyo? { $path }
cli-no-backup = La frase no abre esto, o no es una copia de seguridad de Landline: { $path }
backup-about = La copia lo tiene todo: mensajes, llamadas, contactos, cuentas y sus contraseñas. Solo esta frase la abre.
help-landline-backup = Guardar una copia de todo en un archivo cifrado
help-landline-backup-more =
    Mensajes, llamadas, contactos, cuentas, sus contraseñas y los ajustes, como están en este momento; Landline puede seguir
    abierto. Las grabaciones de llamadas son archivos de sonido comunes y no están en ella. La frase se pide, o se lee de la
    entrada estándar.
help-landline-restore = Poner una copia de seguridad en lugar de lo que hay
help-landline-restore-more =
    Landline no debe estar abierto. Lo que hay queda a su lado, con la fecha en su nombre. Los ajustes se restauran donde no hay.
help-landline-export = Escribir mensajes, llamadas y contactos para otros programas
help-landline-export-more =
    html: páginas para mirar; csv: tablas; vcard: contactos. Los archivos no están cifrados. Los códigos se tapan.
help-arg-file = El archivo de la copia de seguridad
help-arg-format = En qué forma
help-arg-with_codes = Dejar los códigos en los textos como llegaron
help-arg-folder = La carpeta donde escribir
help-landline-repair = Salvar lo que se pueda leer de un archivo de mensajes dañado
help-landline-repair-more =
    Lo que se pueda leer pasa a un archivo nuevo; el dañado queda a su lado como landline.db con la fecha. Con --anew el nuevo
    empieza vacío: para un archivo cuya llave se perdió.
help-arg-anew = Empezar con un archivo vacío
cli-repaired = Listo. El archivo anterior queda junto al nuevo, con la fecha en su nombre.
help-landline-recovery = Poner la frase de recuperación de tus mensajes
help-landline-recovery-more =
    Los mensajes están cifrados. Su llave está en el llavero, o en el archivo cifrado de contraseñas. Si eso se pierde, la
    frase de recuperación los abre. Se pide dos veces, o se lee de la entrada estándar.
cli-recovery-set = La frase de recuperación está puesta. Nadie más la tiene: anótala.
help-landline-devices = Listar los dispositivos de sonido
help-landline-wired = Mostrar qué enlace lleva las llamadas
help-landline-wired-more =
    Con --use cable (lo normal) nada va por radio. Con ask se te pregunta, en la ventana o aquí, por cada radio cuando no hay
    cable; elegirlo otra vez olvida lo que respondiste. Con any, la radio se usa como un cable.
help-landline-call = Llamar a un número, un nombre o una dirección
help-landline-calls = Listar las llamadas de ahora
help-landline-voicemail = Llamar al buzón de voz
help-landline-answer = Contestar la llamada que suena
help-landline-decline = Rechazar la llamada que suena
help-landline-hangup = Terminar una llamada
help-landline-hold = Poner una llamada en espera
help-landline-hold-more =
    El otro lado oye silencio, nunca el micrófono. En los ajustes, o en config.toml en [sound], se puede elegir otra cosa:
    hold = "tune", o hold = { "{" } file = "/ruta/a/melodia.opus" { "}" } para un archivo WAV u Opus.
help-landline-resume = Seguir con una llamada en espera
help-landline-mute = Apagar el micrófono en una llamada
help-landline-unmute = Encender de nuevo el micrófono
help-landline-join = Unir todas las llamadas: todos se oyen entre sí
help-landline-transfer = Transferir una llamada: a un número o una dirección, o a la llamada en la que hablas
help-landline-volume = Oír más alto o más bajo al otro lado de una llamada
help-landline-note = Anotar algo en una llamada: se guarda con ella, en lugar de lo anotado antes
help-landline-record = Grabar una llamada, o dejar de grabarla
help-landline-record-more =
    Ambas voces se guardan en un archivo en la carpeta de datos, en "recordings", y solo tú puedes leerlo: tú a la
    izquierda, la otra persona a la derecha. Es un archivo Opus, o WAV si config.toml dice format = "wav" en [recording].
    La otra persona oye un tono breve cada 15 segundos, salvo que ahí diga announce = false. En muchos lugares la ley
    exige que todos sepan que se graba.
help-landline-dtmf = Pulsar teclas en una llamada
help-landline-text = Enviar un mensaje
help-landline-text-more =
    El mensaje primero se guarda y luego se envía: si la cuenta no está conectada, sale más tarde por sí solo. Con
    --wait la orden termina cuando el mensaje ha llegado hasta ahí; si lo rechazan o no llega a tiempo, el estado de
    salida es 1.

    Ejemplo:
      landline text +15551234567 "Estoy en la puerta" --wait delivered --timeout 30
help-landline-reply = Responder a un mensaje
help-landline-reply-more =
    Los mensajes se nombran por su número, el «id» que muestra «messages --json».

    Ejemplo:
      landline reply 42 "Ya voy"
help-landline-correct = Cambiar las palabras de un mensaje que enviaste
help-landline-react = Reaccionar a un mensaje con emoji, en lugar de los que le diste; sin ninguno se quitan
help-landline-withdraw = Retirar un mensaje tuyo: se pide al otro lado que lo oculte
help-landline-save = Guardar en tu carpeta de descargas un archivo que llegó, y descargarlo antes si aún no se hizo
help-landline-messages = Mostrar mensajes
help-landline-codes = Mostrar los códigos de verificación o esperar el siguiente
help-landline-codes-more =
    Con --copy el código más nuevo, o el siguiente, se pone en el portapapeles, marcado para que los gestores del
    portapapeles no lo guarden. Sale al cabo de un minuto, o cuando termina el comando.

    En config.toml, debajo de [codes]: hide = true no muestra códigos en las notificaciones; forget_after_hours = 24
    tacha los números de los mensajes cuyo código es más viejo.
help-arg-home = Guardar todo bajo esta carpeta: una instancia aparte
help-arg-json = Imprimir JSON
help-arg-demo = Usar la demostración: una central dentro del programa, solo en esta computadora
help-arg-help = Mostrar esta ayuda
help-arg-version = Mostrar la versión
help-arg-headless = Sin ventana
help-arg-minimized = Empezar sin mostrar la ventana
help-arg-link = El enlace
help-arg-address = La dirección de la cuenta: nombre@dominio
help-arg-server = El servidor, si no se encuentra solo
help-arg-transport = Cómo se llega al servidor: udp, tcp o tls
help-arg-tls = Cómo empieza el cifrado: direct o starttls
help-arg-auth_user = El nombre de acceso, si no es el de la dirección
help-arg-realm = El dominio de autenticación (realm) de la contraseña, si no es el dominio ni el que se nombra al entrar: nadie más recibe una prueba de la contraseña
help-arg-expires = Por cuánto tiempo se pide el registro, en segundos (de 60 a 86400)
help-arg-provider = De quién son los ajustes: un id de “account providers”, o none; si no, se reconoce por la dirección
help-arg-ca = Confiar también en este archivo PEM: para un servidor propio
help-arg-encryption = Cifrar las llamadas: required (obligatorio), preferred (preferido) u off (no). Sin esto: preferido con TLS y no en los demás casos, porque unas claves enviadas en claro no protegen nada
help-arg-country = El código del país, por ejemplo 1 o 34: los números se marcan en su forma internacional
help-arg-area = El código de área, que se antepone a los números marcados sin él
help-arg-voicemail = El número del buzón de voz, si el servidor no lo dice
help-arg-hide_number = No decir a quienes se llama quién llama
help-arg-answer_at_once = Contestar en el acto las llamadas que lo piden, como un intercomunicador: quien llama así oye la habitación
help-arg-keys = Ofrecer solo estas claves: sdes (viajan con la señalización de la llamada) o dtls (se crean entre los dos extremos). Sin esto: ambas, y el otro lado elige
help-arg-ice = Buscar el camino de las llamadas con ICE: on (sí) u off (no). Sin esto: se responde siempre y se ofrece con TLS o si --stun o --turn nombra un servidor
help-arg-stun = Un servidor STUN, que dice a este equipo su dirección vista desde fuera
help-arg-turn = Un servidor TURN, que retransmite las llamadas cuando no hay camino directo: turn:HOST, turn:HOST?transport=tcp o turns:HOST
help-arg-turn_user = El nombre de usuario en el servidor TURN
help-arg-password_stdin = Leer la contraseña o la frase de la entrada estándar, una línea; la del servidor TURN, si hay uno, de la siguiente
help-arg-id = La cuenta, como la muestra “account list”
help-arg-to = Un número, un nombre o una dirección
help-arg-account = Desde esta cuenta, como la muestra “account list”
help-arg-call = Qué llamada, como la muestra “calls”, si hay varias
help-arg-target = El identificador de una llamada, un número, un nombre o una dirección. Sin él: la llamada en la que hablas
help-arg-accept = Llamar a quien la otra persona te pide que llames
help-arg-refuse = No llamar a quien la otra persona te pide que llames
help-arg-words = La nota
help-arg-switch = on: desde ahora; off: ya no
help-arg-percent = Qué tan alto, en porcentaje de como llega: 100 no cambia nada, 400 es lo máximo
help-arg-digits = Teclas: 0-9 * # A-D, y una coma para una pausa de un segundo
help-arg-body = El mensaje
help-arg-attached = Un archivo que se envía en lugar de un texto
help-arg-message = El número del mensaje
help-arg-signs = Emoji
help-arg-wait = Volver cuando esté enviado (sent) o entregado (delivered)
help-arg-timeout = Cuánto esperar, en segundos (60)
help-arg-with = Solo con este número o dirección
help-arg-search = Solo con estas palabras
help-arg-limit = Cuántos como máximo (50)
help-arg-policy = Qué enlaces se pueden usar desde ahora
help-arg-allow_link = Usar esta radio mientras no haya cable, tras la pregunta
help-arg-refuse_link = No usarla
help-arg-seconds = Esperar tantos segundos el siguiente código e imprimirlo
help-arg-copy = Poner el código más nuevo en el portapapeles, marcado como secreto, durante un minuto
