-- Prosody on loopback for the system tests.
run_as_root = true
daemonize = false
pidfile = "@DIR@/prosody.pid"
data_path = "@DIR@/data"
certificates = "@DIR@"
interfaces = { "127.0.0.1" }
local_interfaces = { "127.0.0.1" }
c2s_ports = { @C2S@ }
c2s_direct_tls_ports = { @C2S_TLS@ }
s2s_ports = {}
s2s_direct_tls_ports = {}
component_ports = { @COMPONENT@ }
component_interfaces = { "127.0.0.1" }
http_ports = {}
https_ports = {}
ssl = { certificate = "@CERTIFICATE@"; key = "@KEY@" }
c2s_direct_tls_ssl = { certificate = "@CERTIFICATE@"; key = "@KEY@" }
modules_enabled = {
  "roster"; "saslauth"; "tls"; "disco"; "ping"; "posix"; "pep"; "private"; "vcard4"; "vcard_legacy";
  "bookmarks"; "blocklist"; "carbons"; "mam"; "smacks"; "csi_simple"; "adhoc"; "offline";
}
modules_disabled = { "s2s" }
c2s_require_encryption = true
authentication = "internal_hashed"
storage = "internal"
default_archive_policy = true
smacks_hibernation_time = 60
limits = { c2s = { rate = "10mb/s" } }
log = { { levels = { min = "info" }, to = "console" } }

VirtualHost "xmpp.test"
  disco_items = { { "sms.test", "SMS gateway" } }

Component "sms.test"
  component_secret = "sms-secret"
