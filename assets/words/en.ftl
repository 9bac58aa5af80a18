# Landline in English. Plain words, one idea a sentence, and what to do next.
# Sections stand in the same order in es.ftl; tests/words.rs compares keys and variables.

## Shared
app-name = Landline
action-cancel = Cancel
action-close = Close
action-back = Back
action-copy = Copy
action-call = Call
action-retry = Try again
action-remove = Remove
copied = Copied

## Tabs
tab-conversations = Messages
tab-calls = Calls
tab-codes = Codes
tab-settings = Settings

## Time
today = Today
yesterday = Yesterday
ago-now = just now
ago-minutes = { $count ->
    [one] 1 minute ago
   *[other] { $count } minutes ago
}
ago-hours = { $count ->
    [one] 1 hour ago
   *[other] { $count } hours ago
}
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
date-day-month = { $day } { $month }
date-full = { $day } { $month } { $year }
duration-minutes = { $count } min
duration-seconds = { $count } s

## Status line
registration-offline = Offline
registration-connecting = Connecting…
registration-registered = Connected
registration-failed = Not connected
wired-on = Wired: { $name }
wired-none = No network cable
wired-only-wifi = Only Wi-Fi: Landline is not connected
wired-only-cellular = Only mobile data: Landline is not connected
wired-only-bluetooth = Only Bluetooth: Landline is not connected
wired-radio-allowed = Wireless, allowed by you: { $name }
wired-virtual = Linked: { $name }
wired-loopback = On this computer only
wired-unknown = Unknown kind of link: { $name }. Landline is not connected
wired-ask = There is no cable. May Landline use { $name } ({ $kind })? It remembers what you say.
wired-ask-yes = Yes, use it
wired-ask-no = No, wait for the cable
wired-plug-in = Plug in a network cable, or allow wireless.
wired-beside-wifi = Wi-Fi is on, not used
wired-beside-cellular = Mobile data is on, not used
wired-beside-bluetooth = A Bluetooth network is on, not used
wired-switch-off = Landline does not use that radio. To be without it, switch it off in the computer's network settings, or type: nmcli radio all off
wired-name-servers = Names of servers are looked up by another program of this computer, which may ask by radio. A name server in /etc/resolv.conf that is not this computer is asked over the cable.
demo-on = Demo: nothing leaves this computer
demo-beside = The demo account is beside your own
demo-try-title = Try everything here
demo-try = Write to Ana. Call 600 and hear yourself, or 601 for digits read aloud. A code comes by text every minute.

## Welcome
welcome-title = Your phone, on a cable
welcome-about = Calls, texts and verification codes on this computer. No mobile phone needed.
welcome-add-title = Add an account
welcome-address = Address
welcome-address-hint = alice@example.org
welcome-address-about = From your phone service or XMPP provider.
welcome-password = Password
welcome-show-password = Show the password
welcome-hide-password = Hide the password
welcome-connect = Connect
welcome-advanced = Advanced
welcome-kind = Kind of account
welcome-kind-auto = Find out
welcome-provider = Phone service
welcome-provider-auto = Recognised by the address
welcome-server = Server
welcome-server-hint = Found by itself
welcome-transport = Transport
welcome-transport-auto = Automatic
welcome-tls = Encryption
welcome-tls-direct = TLS from the start
welcome-tls-starttls = STARTTLS
welcome-auth-user = Log-in name
welcome-auth-user-hint = If it differs from the address
welcome-ca = CA file (PEM)
welcome-ca-hint = Only for a server of your own
welcome-trying-xmpp = Looking for XMPP at { $domain }…
welcome-trying-sip = Looking for SIP at { $domain }…
welcome-adding = It works. Keeping the account…
welcome-demo = No account yet? Close this window and start “landline --demo” to try everything on this computer.
welcome-no-server-either = There is no XMPP or SIP service at { $domain }. Check the address, or enter the server under Advanced.
welcome-timed-out = The server did not answer in time. Check the server, then try again.
welcome-server-gone = The server closed the connection. Try again, or ask the provider.

## Passphrase
unlock-title = Enter your passphrase
unlock-about = Your passwords and messages are encrypted. Landline connects as soon as they are open.
unlock-choose-title = Choose a passphrase
unlock-choose-about = This computer has no keyring, so a passphrase protects your passwords and messages. You will be asked for it at each start; it cannot be recovered.
unlock-passphrase = Passphrase
unlock-again = The same again
unlock-differs = The two are not the same.
unlock-wrong = That passphrase does not open it. Try again.
unlock-open = Open
unlock-keep = Keep it
unlock-later = Not now
trouble-title = Your messages cannot be opened
trouble-calls = Until then no account connects: what is sent to you waits at your provider.
trouble-again = Try again
trouble-repair = Save what can be read
trouble-repair-about = What can be read goes into a new file. The damaged one is kept beside it.
trouble-anew = Begin anew
trouble-anew-about = Landline begins with an empty file. The old one is kept beside it, untouched, and can still be opened by who finds its key.
trouble-anew-sure = Yes, begin anew
trouble-anew-not = No
recover-title = Enter your recovery passphrase
recover-about = The keyring no longer has the key of your messages. Your recovery passphrase opens them. Passwords of accounts were in the keyring, too: they will be asked for again.
recovery-title = Choose a recovery passphrase
recovery-about = Your messages are encrypted, and the key is in this computer’s keyring. If the keyring is ever lost, this passphrase opens them. Nobody else has it: write it down.

## Conversations
conversations-search = Search
conversations-new = New message
conversations-empty = No messages yet
conversations-empty-about = Write to a number, or wait for the first text.
conversations-nothing-found = Nothing found for “{ $words }”
conversations-in-messages = In messages
conversations-pick = Choose a conversation, or start a new one
conversations-you = You: { $text }

## New conversation
new-title = New message
new-to = Number, name or address
new-will-text = Will go to { $to } from { $account }
new-type = Type a number, a name, or paste an address such as tel:, sip: or xmpp:
new-no-account = No account can write there. Give the full address, such as number@gateway.

## Thread
thread-write = Write a text
thread-send = Send
thread-earlier = Earlier messages
thread-start = This is the start of the conversation.
thread-answer = Answer
thread-answering = Answer to
thread-correct = Correct
thread-correcting = Correct this text
thread-withdraw = Take back
thread-withdrawn = This text was taken back.
thread-withdrawn-own = You took this text back.
thread-withdrawn-moderator = This text was taken away by a moderator.
thread-withdrawn-asked = The other side was asked to forget it. Whether they did cannot be known.
thread-edited = Corrected
thread-before = Before: { $text }
thread-you = You
thread-attach = Send a file
thread-emoji = Emoji
thread-path = File to send
thread-path-hint = /home/you/pictures/photo.jpg
thread-path-about = You can also drop a file into the conversation, or paste it.
thread-path-limit = Up to { $size }. You can also drop a file into the conversation, or paste it.
thread-sms = { $parts ->
    [one] One message; room for { $left } more characters
   *[other] { $parts } messages; room for { $left } more characters in the last
}
thread-block = Block
thread-blocked = You have blocked { $who }: their texts and calls do not reach you. What is here stays.
thread-unblock = Unblock
thread-writing = { $who } is writing…
file-picture = Picture
file-sound = Sound
file-file = File
file-save = Save
file-fetch = Download
file-saved = Saved as { $path }
file-stop = Stop
file-moving = { $percent } %
file-kilobytes = { $n } kB
file-megabytes = { $n } MB
file-megabytes-tenths = { $n }.{ $tenths } MB
file-unreachable = The server with the file cannot be reached.
file-gone = The file is not there any more.
file-too-large = The file is too large.
file-another = The file is not the one that was sent. It was thrown away.
file-disk = The file cannot be written to the disk.
state-queued = Waiting to be sent
state-sent = Sent
state-delivered = Delivered
state-read = Seen
state-failed = Not sent

## Dialler
dial-field = Number, name or address
dial-call = Call
dial-will-call = Will call { $to } from { $account }
dial-from = from { $account }
dial-no-account = No account can call now
dial-type = Type a number or a name, or paste an address.
dial-not-yet = Not a number or an address yet.
dial-best-account = From the account that fits best
dial-delete = Delete the last digit
dial-emergency = Landline cannot promise that an emergency call gets through, nor that anyone learns where you are. If there is another phone, use it. If not, call and say your address first.
history-title = Calls
history-empty = No calls yet
history-missed = Missed
history-incoming = Incoming
history-outgoing = Outgoing
history-not-answered = Not answered
history-call-again = Call { $name }
voicemail = Voicemail
voicemail-new = Voicemail: { $count } new
voicemail-waiting = Voicemail: something new
voicemail-none = Voicemail: nothing new
voicemail-listen = Listen

## Call
call-dialling = Calling…
call-ringing = Ringing…
call-incoming = Incoming call
call-connecting = Connecting…
call-active = In a call
call-held = On hold
call-held-there = They put you on hold
call-mute = Mute
call-unmute = Unmute
call-muted = Microphone off
call-join = Join the calls
call-joined = Joined: all hear each other
call-transfer = Transfer
transfer-to = Transfer to
transfer-about = Talk first: you call them while the other waits. Send now: the other calls them and you are out of it.
transfer-talk-first = Talk first
transfer-send-now = Send now
transfer-together = Put through
transfer-asked = Transferring: they were asked to call…
transfer-ringing = Transferring: it rings there…
transfer-failed = The call could not be transferred: { $reason }. You are still in it.
transfer-asked-by = { $name } asks you to call
transfer-follow = Call
transfer-refuse = Do not call
call-record = Record
call-record-stop = Stop recording
call-recording = Recording
call-recording-into = Into the file { $path }
call-recorded = The recording is in { $path }
call-volume = Their volume: { $percent } %
call-softer = Softer
call-louder = Louder
call-details = Details
quality-good = The line is good.
quality-they-miss-little = They hear you with small gaps: { $part } of what you say is lost on the way.
quality-they-miss = They hear you badly: { $part } of what you say is lost on the way.
quality-you-miss-little = You hear them with small gaps: { $part } of what they say is lost on the way.
quality-you-miss = You hear them badly: { $part } of what they say is lost on the way.
quality-both-miss-little = You hear each other with small gaps: { $part } of what is said is lost on the way.
quality-both-miss = You hear each other badly: { $part } of what is said is lost on the way.
quality-slow = What is said arrives late. Wait a moment before you answer.
quality-no-sound = No sound comes from the other side.
quality-microphone-silent = They cannot hear you: your microphone is silent. Check its switch and its plug.
quality-no-microphone = They cannot hear you: no microphone can be used.
part-twentieth = a twentieth
part-tenth = a tenth
part-fifth = a fifth
part-third = a third
part-half = half
part-most = most
quality-heard = You hear
quality-said = They hear
quality-loss = lost
quality-concealed = made up
quality-jitter = uneven by
quality-delay = held back for
quality-round-trip = there and back
quality-unreported = not reported
call-hold = Hold
call-resume = Resume
call-note = Notepad
call-note-hint = A code, a name, a number
call-note-about = Kept with the call, encrypted.
call-keypad = Keypad
call-hang-up = Hang up
call-answer = Answer
call-decline = Decline
call-keys-sent = Keys sent: { $keys }
call-keys-hint = The keyboard works, too: 0–9, * and #
call-codec = Sound: { $codec }
call-encrypted = Encrypted
call-encrypted-clear = Encrypted, but its keys travelled in the clear
call-encrypted-ends = Encrypted, with keys made at both ends
call-encrypted-unvouched = Encrypted, but nothing vouches for who is at the other end
call-encrypting = Setting up the encryption…
call-searching = The way of the sound is lost. Looking for another…
call-cable-out = The network cable is out. The call waits half a minute for it…
call-to-account = to { $account }
call-forwarded-by = Forwarded by { $who }
call-forwarded-to = Forwarded to { $who }
call-hidden = Hidden number
call-message = Message
call-return = Return to the call

## Codes
codes-help-head = A code does not come?
codes-help-about = Some services send no codes to internet numbers like yours, and do not say so. What often works: let them call you and read the code out; have it sent by e-mail; or use an authenticator app or a security key in place of texts. Only the service decides what it sends and where: ask it.
codes-empty = No codes yet
codes-empty-about = When a text brings a verification code, it appears here in large type.
codes-older = Earlier codes
codes-newest = New code from { $sender }
notify-copy-code = Copy code
notify-reply = Reply
notify-open = Open
notify-call-back = Call back
notify-text = New text
notify-code = New verification code
notify-missed = Missed call
code-from = From { $sender }
code-site = For { $site } only
code-site-warning = Type it nowhere else.
code-warned = Be careful with your code
code-warn-pass-on = The text asks you to hand the code on. Nobody honest does that: give it to nobody.
code-warn-asked = Another text asks for this code. Give it to nobody, not even to a person you know: call them first.
code-warn-imitation = This sender is new and looks like one you know. Open the site yourself before you use the code.
code-warn-look-alike = A link in the text imitates the site this code is for. Do not open it.
code-warn-foreign-link = A link in the text leads to another site than the one this code is for.
code-valid-for = Valid for { $duration }
code-maybe-expired = May have expired
code-open-text = Show the text

## Settings
settings-accounts = Accounts
settings-add-account = Add an account
settings-remove-sure = Remove { $account }? Its messages stay here.
settings-sound = Sound
settings-microphone = Microphone
settings-loudspeaker = Loudspeaker
settings-ring-on = Ring on
settings-ring-same = Same as the loudspeaker
settings-device-default = Default of this computer
settings-device-default-named = Default: { $name }
settings-device-silence = None (silence)
settings-device-gone = Not plugged in: { $name }
settings-voice = What the other side does not hear
settings-voice-echo = The loudspeaker's echo
settings-voice-noise = Noise
settings-voice-gain = Too soft or too loud
settings-tones = Telephone tones
settings-tones-automatic = Automatic
settings-tones-us = United States
settings-tones-mx = Mexico
settings-tones-eu = Europe
settings-hold = What others hear on hold
settings-hold-silence = Silence
settings-hold-tune = A calm tune
settings-hold-file = A file of your own
settings-hold-path = WAV or Opus file
settings-hold-path-hint = /home/you/music/tune.opus
settings-hold-use = Use this file
settings-test-start = Test the sound
settings-test-stop = Stop the test
settings-test-tone = Play a tone
settings-test-about = Speak: the bar should move.
settings-no-microphone = No microphone can be used. The other side would hear silence.
settings-no-loudspeaker = No loudspeaker can be used. You would hear nothing.
settings-other-microphone = The chosen microphone is not plugged in. Another one is used until it is back.
settings-other-loudspeaker = The chosen loudspeaker is not plugged in. Another one is used until it is back.
settings-data = Your data
settings-data-about = Messages, calls and accounts are encrypted on this disk.
settings-data-commands = In a terminal, landline backup keeps everything in one encrypted file, landline restore brings it back, and landline export writes it for other programs.
settings-recovery-set = Set a recovery passphrase
settings-swap = The swap space of this computer is not encrypted: parts of what you read may be written there. Encrypt it, or use zram.
settings-rules = How calls are made and taken
settings-rules-keep = Keep
settings-rule-yes = Yes
settings-rule-no = No
settings-country = Country code
settings-country-about = For example 1 or 34. Numbers are then dialled in their international form.
settings-area = Area code
settings-area-about = Put before numbers that are dialled without one. It needs a country code.
settings-try-number = Try a number
settings-dialled = Dialled: { $number }
settings-dialled-nothing = Check the codes above: they are digits alone.
settings-voicemail = Voicemail number
settings-voicemail-about = Only where the server does not tell it.
settings-encryption = Encrypted calls
settings-encryption-suits = As the connection allows
settings-encryption-required = Always
settings-encryption-preferred = Where possible
settings-encryption-off = Never
settings-hide = Hide your number
settings-hide-about = Those you call are not told who calls.
settings-at-once = Answer at once
settings-at-once-about = Calls that ask for it are answered by themselves, as an intercom does: whoever calls so hears the room.
settings-recording = Recordings
settings-recording-about = Recorded calls are kept in { $folder }, for you alone. They are ordinary sound files, not encrypted.
settings-recording-format = Format
settings-recording-opus = Opus (small)
settings-recording-wav = WAV (for every program)
settings-recording-announce = Tell the other side
settings-recording-tone = A short tone every 15 seconds
settings-recording-no-tone = No tone
settings-recording-law = In many places the law asks that everybody knows of a recording.
settings-privacy = Privacy
settings-privacy-seen = Tell people that you have seen their texts
settings-privacy-writing = Tell people that you are writing
settings-privacy-known = Only people you have written to, or who are on your contact list.
settings-privacy-fetch = Download files from people you know by itself
settings-privacy-fetch-about = Files from strangers are never downloaded without a click: the server that has the file would learn your address.
settings-yes = Yes
settings-no = No
settings-network = Network
settings-wired-about = Landline connects only over a cable.
settings-wireless-about = You allowed wireless links. Radio can be tracked and listened for from outside.
settings-allow-wireless = Allow wireless
settings-allow-sure = Landline will use Wi-Fi, mobile data or Bluetooth whenever there is no cable. Your computer can then be noticed and located by radio.
settings-allow-confirm = Yes, allow wireless
settings-ask-wireless = Ask me
settings-ask-about = Landline uses the cable. Where there is none it asks you before it uses a radio, each one once.
settings-ask-anew = Ask me again
settings-link-granted = you said yes
settings-link-refused = you said no
settings-forbid-wireless = Use only the cable
settings-link-wired = Cable
settings-link-wifi = Wi-Fi
settings-link-cellular = Mobile data
settings-link-bluetooth = Bluetooth
settings-link-loopback = This computer
settings-link-virtual = Virtual
settings-link-virtual-over = Virtual, over { $kind }
settings-link-unknown = Unknown kind
settings-link-used = In use
settings-link-up = Connected
settings-link-down = Not connected
settings-notifications = Notifications
settings-notify = They show who writes and what
settings-notify-open = Always
settings-notify-locked = Not on a locked screen
settings-notify-hidden = Never
settings-quiet = Do not disturb
settings-quiet-on = On
settings-quiet-off = Off
settings-quiet-about = Nothing rings and nothing is shown, but for codes. Missed calls stand in the history.
settings-codes = Verification codes
settings-codes-notify = In notifications
settings-codes-notify-yes = Show the code
settings-codes-notify-no = Tell only that one came
settings-codes-forget = In old texts
settings-codes-forget-yes = Blank out after a day
settings-codes-forget-no = Keep
settings-codes-forget-about = The text stays; its numbers cannot be read again.
settings-desktop = Desktop
settings-closing = When the window is closed
settings-tray = Sign in the tray
settings-tray-yes = Show
settings-tray-no = Do not show
settings-players = Music and films during a call
settings-players-yes = Pause them
settings-players-no = Let them play
settings-start = When the computer starts
settings-start-yes = Start Landline
settings-start-no = Do not start it
settings-links = Phone links in other programs
settings-links-yes = Open with Landline
settings-links-no = Do not open with it
settings-links-about = For tel, sms, sip and xmpp links. They fill a field; nothing is called or sent by itself.
settings-look = Appearance
settings-theme = Colours
settings-theme-system = As the desktop
settings-theme-light = Light
settings-theme-dark = Dark
settings-contrast = Contrast
settings-contrast-usual = Usual
settings-contrast-high = High
settings-language = Language
settings-language-system = As the desktop
settings-text-size = Text size
settings-smaller = Smaller
settings-larger = Larger
settings-keys = Keyboard
keys-move = From control to control; with Shift, back
keys-back = Back
keys-tabs = Messages, calls, codes, settings
keys-new = New message
keys-search = Search
keys-answer = Answer the call
keys-hang-up = Decline or hang up
keys-mute = Microphone on or off
keys-voicemail = Listen to your voicemail
keys-quit = Quit Landline

## Why an account cannot be used
problem-wrong-password = The name or the password is wrong. Check both and try again.
problem-unknown-host = There is no such service at that address. Check the part after the @, or enter the server.
problem-unreachable = The server cannot be reached. Check the cable and the server's name.
problem-timed-out = The server did not answer in time. Landline tries again by itself.
problem-certificate-untrusted = The server's certificate is not trusted. If it is your own server, choose its CA file.
problem-certificate-name = The server's certificate is for another name. Check the address and the server.
problem-certificate-expired = The server's certificate has expired. Check this computer's clock, or tell the provider.
problem-no-safe-login = The server offers no safe log-in. Ask the provider for one with encryption.
problem-downgraded = Somebody between you and the server is weakening the log-in. Your password was not given away. Try another network.
problem-conflict = This account has logged in elsewhere. Close the other program, then try again.
problem-refused = The server refused the account. Check the name and the password, or ask the provider whether it is active.
problem-server-gone = The server went away. Landline reconnects by itself.
problem-not-wired = There is only a wireless link. Plug in a network cable, or allow wireless in Settings.
problem-no-password = No password is kept for this account. Remove the account and add it again.
problem-protocol = The server answers in something else than expected. Check the server and the kind of account.

## Why a text was not taken
failure-not-found = No such number or address.
failure-refused = The other side refused it.
failure-not-registered = Your gateway does not know this account yet. Register with the gateway first.
failure-unavailable = Nobody could be reached. Try again later.
failure-password-asked = The other side asked for the password of your account. Landline did not give it.
failure-too-long = It is too long. Send it in shorter parts.
failure-unsupported = The other side does not take texts.
failure-file = The file is not there any more, or cannot be read.
failure-stopped = Stopped.
failure-timed-out = No answer in time.
failure-server = The server had an error. Try again later.

## Why a call ended
ended-hung-up-here = You hung up
ended-hung-up-there = They hung up
ended-cancelled = Not answered
ended-declined = Declined
ended-busy = The line is busy
ended-no-answer = No answer
ended-not-found = No such number or address
ended-unavailable = Not reachable now
ended-refused = Your service does not allow this call
ended-no-common-media = The two phones have no sound format in common
ended-not-encrypted = Encryption is required, and the other side cannot
ended-encryption-failed = The encryption could not be set up, and nothing was said without it
ended-no-path = The sound found no way between the two phones
ended-server-gone = The connection was lost
ended-handled-elsewhere = Taken on another device
ended-local-fault = A sound or network fault on this computer
ended-lost = The other side went away without hanging up
ended-redirected = The call was forwarded to another number. Landline does not call it by itself: call it if you want to
ended-payment-needed = Your service wants to be paid before this call
ended-incomplete = The number is not complete
ended-no-longer-in-use = That number or address is not in use any more
ended-not-anonymously = They take no calls from hidden numbers
ended-blocked = Calls from your number are blocked there
ended-overloaded = The service has too many calls now. Try again in a few minutes
ended-password-asked = The other side asked for the password of your account. Landline did not give it
ended-transferred = Transferred
ended-server = The server had an error

## Why Landline refuses
refusal-no-account = No account is set up. Add one first.
refusal-unknown-account = There is no such account.
refusal-account-exists = There is already an account for that address.
refusal-bad-account-address = That is not an account address. It looks like name@example.org.
refusal-bad-address = That is not a number or an address. Check what you typed.
refusal-not-connected = The account is not connected now. Try again when it is.
refusal-not-supported = This account cannot do that.
refusal-no-call = There is no such call any more.
refusal-apart = These calls are on different accounts and cannot be put through to each other.
refusal-no-message = There is no such message or conversation.
refusal-bad-text = There is nothing that can be sent in that.
store-file = File: { $path }
store-open = Messages can be read and kept.
store-closed = The messages are locked. Enter the passphrase.
store-recoverable = The key of your messages is not in the keyring. Your recovery passphrase opens them.
store-key-lost = The key of your messages is not in the keyring, and no recovery passphrase was set. They cannot be read until the keyring has it again; the file is left as it is.
store-keyring-silent = The keyring, which has the key of your messages, does not answer. Unlock it and try again. The file is left as it is.
store-full = The disk is full, so nothing can be kept. Make room and try again.
store-read-only = The disk or the file may not be written.
store-damaged = The file of messages is damaged and was left as it is.
store-too-new = The messages were kept by a newer Landline. Use that one, or a newer one.
store-in-use = Another program holds the file of messages.
store-io = The file of messages cannot be read or written.
refusal-secrets-locked = The passwords are locked. Enter the passphrase.
refusal-secrets-failed = The password could not be kept. Check the keyring, and that the disk is not full.
refusal-config = The settings could not be saved. Check that the disk is not full.
refusal-sound = No sound device could be opened. Check the plugs.
refusal-disk-full = The disk is full: the call is not recorded any more. It goes on.
refusal-not-recorded = The recording cannot be written: the call is not recorded. It goes on.
refusal-no-tune = That file cannot be played. Choose a WAV or Opus file.
refusal-no-file = There is no such file, or it is empty or cannot be read.
refusal-file-too-large = The file is larger than your server takes.
refusal-no-voicemail = No voicemail number is known. Put it into the account’s settings.
refusal-stopping = Landline is closing.

## Demo exchange
demo-friend-name = Ana
demo-friend-hello = Hi, this is Ana. Write to me: I always answer.
demo-friend-answer-1 = Your text reached me over a cable. No mobile phone anywhere.
demo-friend-answer-2 = Call 600 and you hear yourself, as the other side hears you.
demo-friend-answer-3 = Call 601: a voice reads your newest code aloud, as some banks do.
demo-friend-answer-4 = Press Call above: I cannot talk now, so I answer with a text.
demo-friend-busy = I saw your call. I cannot talk now; write to me.
demo-gateway-answer = SMS gateway of the demo: your text to { $number } has arrived, { $count ->
    [one] 1 character
   *[other] { $count } characters
} long.
demo-code-bank = Sample Bank: your verification code is { $code }. It is valid for 10 minutes. Nobody from the bank will ever ask you for it.
demo-code-office = { $code } is your code for the City Office. It is valid for 5 minutes.
demo-code-shop = Your Sample Shop verification code is { $code }.

## Closing the window
closing-title = Shall Landline keep running?
closing-about = Without its window, calls and texts still reach you. Start Landline again to see it. You can change this in the settings.
closing-keep = Keep running
closing-quit = Quit
closing-stay = Keep the window

## Tray
tray-show = Open Landline
tray-copy-code = Copy the newest code
tray-unread = { $count ->
    [one] 1 new text
   *[other] { $count } new texts
}
tray-missed = { $count ->
    [one] 1 missed call
   *[other] { $count } missed calls
}

## Command line
cli-not-running = Landline is not running. Start it first: landline run --headless
cli-runs-already = Landline is running already.
cli-runs-headless = Landline is running already, without a window. End that one first.
cli-window-shown = Landline is running already; its window comes to the front.
cli-no-display = There is no display for the window. Without one, use: landline run --headless
cli-busy = Landline is just starting or closing. Try again in a moment.
cli-no-answer = The running Landline does not answer. Close it and start it again.
cli-other-version = The running Landline is of another version. Close it and start it again.
cli-lagged = There was more news than could be read. Ask again.
cli-ended-badly = Landline stopped by a fault of its own. Its log says where: { $path }
cli-home = The folder { $path } cannot be used. Check that it is yours and that the disk is not full.
cli-config-syntax = The settings file is wrong at line { $line }: { $path }
cli-system = The system has no room for another program. Close something and try again.
cli-demo-failed = The demo cannot start on this computer.
cli-window-failed = The window cannot be opened. Without one, use: landline run --headless
cli-no-terminal = There is no terminal to ask on. Give the password with --password-stdin, and the passphrase in LANDLINE_PASSPHRASE.
cli-no-password = The password is empty.
cli-ca-unreadable = The CA file cannot be read: { $path }
cli-file-late = This took longer than { $seconds } s. The file goes on coming by itself.
cli-text-late = The text is kept and goes out by itself, but this took longer than { $seconds } s. So far: { $state }.
cli-no-code = No code came within { $seconds } s.
cli-write-failed = The answer could not be written.
cli-ask-password = Password for { $account }:
cli-ask-passphrase = Passphrase of Landline's passwords:
cli-ask-recovery = Recovery passphrase of your messages:
cli-account-added = Added: { $account }
cli-account-provider = Settings of { $provider } are used where DNS says nothing, as its documentation has them: { $source }
cli-rule-none = none
cli-area-alone = An area code needs a country code.
cli-account-removed = Removed: { $account }
cli-no-accounts = No account yet. Add one with: landline account add
cli-running-yes = Landline is running.
cli-running-no = Landline is not running.
cli-secrets-locked = Passwords: locked, the passphrase is needed.
cli-secrets-none = Passwords: none kept yet.
cli-wireless-allowed = Wireless links are allowed by you.
cli-wireless-asked = The cable is used; about each radio you are asked.
cli-wireless-unanswered = There is no cable. To use this radio: landline wired --allow { $name }. To wait for the cable: landline wired --refuse { $name }
cli-wireless-forbidden = Only the cable is used.
cli-device-default = default
cli-device-wireless = wireless: used only when chosen
cli-device-chosen = chosen
cli-devices-none = None found.
cli-unread = { $count ->
    [one] 1 unread text
   *[other] { $count } unread texts
}
cli-recording = Recorded into { $path }
cli-calls-none = No calls now.
cli-messages-none = No messages.
cli-codes-none = No codes.
cli-call = Call { $id } with { $name }: { $state }
cli-code = { $code } from { $sender }
cli-code-copied = On the clipboard for { $seconds } s, or until something else is copied. Ctrl-C takes it away now.
cli-no-clipboard = There is no clipboard that takes a secret. Under X11 it works; under Wayland copy from the window.
cli-text-to = Text to { $name }: { $state }
cli-text-out = You to { $name }: { $text }
cli-text-in = { $name }: { $text }
cli-text-state = Text { $id }: { $state }
cli-referred = { $name } asks you to call { $to }. Answer with “landline transfer --accept” or “--refuse”.
cli-key-pressed = They pressed { $key }
cli-demo-console = The demo runs on this terminal. From another one, try: landline --demo call 600, landline --demo codes, landline --demo hangup
cli-started = Landline is running. Ctrl-C ends it.
cli-ended = Landline has ended.

## Command line: wrong usage
usage-usage = Usage:
usage-commands = Commands
usage-arguments = Arguments
usage-options = Options
usage-unknown-argument = “{ $what }” does not belong here.
usage-unknown-command = There is no command “{ $what }”.
usage-missing = This is missing: { $what }
usage-missing-command = A command is missing.
usage-bad-value = “{ $value }” does not fit { $what }.
usage-missing-value = A value is missing for { $what }.
usage-twice = “{ $what }” may be given once only.
usage-wrong = The command cannot be understood.
usage-see = See: { $command } --help

## Command line: help
help-landline = A wired desktop phone: calls, texts and verification codes over XMPP and SIP.
help-landline-more =
    Without a command, Landline opens its window. Commands talk to the running Landline of the same --home over a
    private socket, so a window and a script share one phone; what needs no running Landline works without one.

    Addresses: a number as you would dial it, a contact's name, or tel:, sip: and xmpp: addresses.

    Examples:
      landline account add xmpp --address you@example.org
      landline run --headless --json
      landline text +15551234567 "Hello" --wait delivered
      landline call sip:bob@example.org
      landline codes --wait 60

    Exit status: 0 done; 1 refused or failed, with one sentence on standard error; 2 wrong usage.
    With --json a refusal is printed as an object too, for example { "{" }"refusal":"not_connected"{ "}" }.

    Environment:
      LANDLINE_PASSPHRASE  opens the encrypted file of passwords where there is no keyring
      LANDLINE_LOG         how much is logged: error, warn, info, debug or trace; never anything personal
      LANG, LC_ALL         the language, unless one is chosen in the settings

    Files: ~/.config/landline, ~/.local/share/landline, ~/.local/state/landline (the log) and ~/.cache/landline,
    or all below --home.
help-landline-run = Run Landline and print what happens
help-landline-run-more =
    Runs until Ctrl-C or SIGTERM; accounts then log out. With --json each event is one line, written at once:
    { "{" }"event":"message", …{ "}" }. Events: registered, registration_failed, registration_changed, account_added,
    account_removed, message, message_state, conversation_read, code, code_warned,
    code_forgotten, call, call_logged, dtmf_received,
    recording_failed, quality, contacts, wired, devices_changed, store, kept, show_window,
    link_opened, desktop_changed, quit. Without --headless the window is opened.
help-landline-open = Show the window, with a link in the field it is for
help-landline-open-more =
    Takes tel:, sms:, sip:, sips: and xmpp: links. It fills a field; it never dials and never sends.

    Example:
      landline open "sms:+15551234567?body=On%20my%20way"
help-landline-account = Add, list and remove accounts
help-landline-account-add = Add an account
help-landline-account-add-sip = Add a SIP account
help-landline-account-add-sip-more =
    The server is found by DNS unless --server is given. The password is asked for, or read from standard input; it is
    kept in the keyring or in an encrypted file, never in plain text. The account is not tried out: a running Landline
    connects it at once, and “landline status” tells how that went.

    Example:
      landline account add sip --address sip:you@provider.example --transport tls
help-landline-account-add-xmpp = Add an XMPP account
help-landline-account-add-xmpp-more =
    The server is found by DNS unless --server is given. The password is asked for, or read from standard input; it is
    kept in the keyring or in an encrypted file, never in plain text. The account is not tried out: a running Landline
    connects it at once, and “landline status” tells how that went.

    Example:
      landline account add xmpp --address you@example.org
help-landline-account-list = List the accounts
help-landline-account-providers = List phone services whose settings are known
help-landline-account-rules = Show or change how an account's calls are made and taken
help-landline-account-remove = Remove an account and its password; its messages stay
help-landline-status = Show accounts, network and calls
cli-progress = { $percent } %
cli-ask-backup = Passphrase of the backup:
cli-backed-up = Everything is in { $path }. Only the passphrase opens it.
cli-restored = Restored from { $path }. What was here before is kept beside it, with the date in its name.
cli-exported = Written to { $path }
cli-nothing-kept = There are no messages yet.
cli-exists = That is there already, and is not replaced: { $path }
cli-not-written = This cannot be written; is there room, and is it yours? { $path }
cli-no-backup = The passphrase does not open this, or it is no backup of Landline: { $path }
backup-about = The backup holds everything: messages, calls, contacts, accounts and their passwords. Only this passphrase opens it.
help-landline-backup = Back everything up into one encrypted file
help-landline-backup-more =
    Messages, calls, contacts, accounts, their passwords and the settings, as they are at this moment; Landline may go on running.
    Recordings of calls are ordinary sound files and are not in it. The passphrase is asked for, or read from standard input.
help-landline-restore = Put a backup in the place of what is here
help-landline-restore-more =
    Landline must not run. What is here is kept beside it, with the date in its name. Settings are restored where there are none.
help-landline-export = Write messages, calls and contacts as files for other programs
help-landline-export-more =
    html: pages to look at; csv: tables; vcard: contacts. The files are not encrypted. Codes are blanked out.
help-arg-file = The file of the backup
help-arg-format = As what
help-arg-with_codes = Leave the codes in the texts as they came
help-arg-folder = The folder to write into
help-landline-repair = Save what can be read of a damaged file of messages
help-landline-repair-more =
    What can be read goes into a new file; the damaged one is kept beside it as landline.db with the date. With --anew the new
    file is empty: for a file whose key is lost.
help-arg-anew = Begin with an empty file
cli-repaired = Done. The old file is kept beside the new one, with the date in its name.
help-landline-recovery = Set the recovery passphrase of your messages
help-landline-recovery-more =
    The messages are encrypted. Their key is in the keyring, or in the encrypted file of passwords. If that is lost, the
    recovery passphrase opens them. It is asked for twice, or read from standard input.
cli-recovery-set = The recovery passphrase is set. Nobody else has it: write it down.
help-landline-devices = List sound devices
help-landline-wired = Show which link carries the calls
help-landline-wired-more =
    With --use cable (the default) nothing goes by radio. With ask you are asked, in the window or here, about each radio where
    there is no cable; choosing it again forgets what you answered. With any, radio is used like a cable.
help-landline-call = Call a number, a name or an address
help-landline-calls = List the calls of now
help-landline-voicemail = Call the voicemail
help-landline-answer = Answer the call that rings
help-landline-decline = Decline the call that rings
help-landline-hangup = End a call
help-landline-hold = Put a call on hold
help-landline-hold-more =
    The other side hears silence, never the microphone. In the settings, or in config.toml below [sound], something else can
    be chosen for it: hold = "tune", or hold = { "{" } file = "/path/to/tune.opus" { "}" } for a WAV or Opus file.
help-landline-resume = Go on with a call on hold
help-landline-mute = Switch the microphone off in a call
help-landline-unmute = Switch the microphone on again
help-landline-join = Join all calls: everybody hears everybody
help-landline-transfer = Transfer a call: to a number or an address, or to the call you talk in
help-landline-volume = Hear the other side of a call louder or softer
help-landline-note = Write something down in a call: kept with it, in place of what was noted before
help-landline-record = Record a call, or stop recording it
help-landline-record-more =
    Both sides are kept in a file in the folder of data, below "recordings", readable by you alone: you on the left, the
    other side on the right. It is an Opus file, or a WAV file if config.toml says format = "wav" below [recording]. The
    other side hears a short tone every 15 seconds, unless announce = false stands there. In many places the law asks
    that everybody knows of a recording.
help-landline-dtmf = Press keys in a call
help-landline-text = Send a text
help-landline-text-more =
    The text is kept first and then sent: when the account is not connected it goes out later, by itself. With --wait
    the command returns when the text has come that far; when it is refused, or not in time, the exit status is 1.

    Example:
      landline text +15551234567 "I am at the door" --wait delivered --timeout 30
help-landline-reply = Answer a text
help-landline-reply-more =
    Texts are named by their numbers, the "id" that "messages --json" shows.

    Example:
      landline reply 42 "I am coming"
help-landline-correct = Put other words in the place of those of a text you sent
help-landline-react = React to a text with emoji, in place of those you gave it; none takes them away
help-landline-withdraw = Take a text of yours back: the other side is asked to hide it
help-landline-save = Save a file that came in your folder for downloads, and download it first where that was not done
help-landline-messages = Show messages
help-landline-codes = Show verification codes, or wait for the next one
help-landline-codes-more =
    With --copy the newest code, or the next one, is put on the clipboard, marked so that clipboard managers keep no
    history of it. It leaves after a minute, or when the command ends.

    In config.toml, below [codes]: hide = true keeps codes out of notifications; forget_after_hours = 24 blanks out the
    numbers of texts whose code is older.
help-arg-home = Keep everything below this folder: an instance of its own
help-arg-json = Print JSON
help-arg-demo = Use the demo: a telephone exchange inside the program, on this computer only
help-arg-help = Show this help
help-arg-version = Show the version
help-arg-headless = Without a window
help-arg-minimized = Start without showing the window
help-arg-link = The link
help-arg-address = The account's address: name@domain
help-arg-server = The server, where it is not found by itself
help-arg-transport = How the server is reached: udp, tcp or tls
help-arg-tls = How encryption begins: direct or starttls
help-arg-auth_user = The log-in name, if it differs from the address
help-arg-realm = The realm that the password is for, if it is neither the domain nor the one named at log-in: nobody else gets a proof of the password
help-arg-expires = How long a registration is asked for, in seconds (60 to 86400)
help-arg-provider = Whose settings are used: an id of “account providers”, or none; else recognised by the address
help-arg-ca = Trust this PEM file too: for a server of your own
help-arg-encryption = Encrypt calls: required, preferred or off. Without it: preferred over TLS, off otherwise, because keys sent in the clear protect nothing
help-arg-country = The country's calling code, for example 1 or 34: numbers are dialled in their international form
help-arg-area = The area code, put before numbers dialled without one
help-arg-voicemail = The number of the voicemail, where the server does not tell it
help-arg-hide_number = Do not tell those who are called who calls
help-arg-answer_at_once = Answer calls that ask for it at once, as an intercom does: whoever calls so hears the room
help-arg-keys = Offer only these keys: sdes (they travel with the call’s signalling) or dtls (made between both ends). Without it: both, and the other side chooses
help-arg-ice = Find the path of calls by ICE: on or off. Without it: answered always, offered over TLS or where --stun or --turn names a server
help-arg-stun = A STUN server, which tells this computer its address as the outside sees it
help-arg-turn = A TURN server, which relays calls where there is no direct path: turn:HOST, turn:HOST?transport=tcp or turns:HOST
help-arg-turn_user = The log-in name at the TURN server
help-arg-password_stdin = Read the password or passphrase from standard input, one line; that of the TURN server, if any, from the next
help-arg-id = The account, as “account list” shows it
help-arg-to = A number, a name or an address
help-arg-account = From this account, as “account list” shows it
help-arg-call = Which call, as “calls” shows it, if there are several
help-arg-target = The id of a call, a number, a name or an address. Without it: the call you talk in
help-arg-accept = Call whom the other side asks you to call
help-arg-refuse = Do not call whom the other side asks you to call
help-arg-words = The note
help-arg-switch = on: from now on; off: no longer
help-arg-percent = How loud, in percent of how it comes: 100 changes nothing, 400 is the most
help-arg-digits = Keys: 0-9 * # A-D, and a comma for a pause of one second
help-arg-body = The text
help-arg-attached = A file to send in place of a text
help-arg-message = The number of the text
help-arg-signs = Emoji
help-arg-wait = Return when it is sent, or delivered
help-arg-timeout = How long to wait, in seconds (60)
help-arg-with = Only with this number or address
help-arg-search = Only with these words
help-arg-limit = How many at the most (50)
help-arg-policy = Which links may be used from now on
help-arg-allow_link = Use this radio while there is no cable, having been asked
help-arg-refuse_link = Do not use it
help-arg-seconds = Wait so many seconds for the next code, and print it
help-arg-copy = Put the newest code on the clipboard, marked as a secret, for a minute
