-- Prosody for tests: loopback only, everything below @DIR@.
-- @DIR@ holds certs/@HOST@.{crt,key} and an empty data/; @C2S@, @C2S_TLS@ and @COMPONENT@ are free ports;
-- @SERVICES@ are servers for calls (XEP-0215), @GATEWAY@ is the SMS gateway's domain (tests/support/gateway.py, secret @SECRET@).
run_as_root = true
daemonize = false
pidfile = "@DIR@/prosody.pid"
data_path = "@DIR@/data"
plugin_paths = { "@MODULES_HERE@" }
certificates = "@DIR@/certs"
interfaces = { "127.0.0.1"@MORE@ }
local_interfaces = { "127.0.0.1" }
c2s_ports = { @C2S@ }
c2s_direct_tls_ports = { @C2S_TLS@ }
c2s_direct_tls_ssl = { certificate = "@DIR@/certs/@HOST@.crt"; key = "@DIR@/certs/@HOST@.key" }
s2s_ports = {}
s2s_direct_tls_ports = {}
http_ports = {}
https_ports = { @HTTPS@ }
https_interfaces = { "127.0.0.1" }
https_ssl = { certificate = "@DIR@/certs/@HOST@.crt"; key = "@DIR@/certs/@HOST@.key" }
http_external_url = "https://@FILES@/"
http_default_host = "upload.@HOST@"
component_ports = { @COMPONENT@ }
component_interfaces = { "127.0.0.1" }
modules_enabled = {
  "roster"; "saslauth"; "tls"; "disco"; "ping"; "posix"; "pep"; "private"; "blocklist"; "carbons"; "mam"; "smacks"; "csi";
  "csi_simple"; "offline"; "external_services";@MODULES@
}
external_services = { @SERVICES@ }
modules_disabled = { "s2s" }
allow_registration = false
c2s_require_encryption = true
authentication = "internal_hashed"
storage = "internal"
default_archive_policy = true
archive_expires_after = "1w"
storage_archive_item_limit = 1000000
smacks_hibernation_time = 60
limits = { c2s = { rate = "10mb/s" } }
log = { { levels = { min = "debug" }, to = "file", filename = "@DIR@/prosody.log" } }

VirtualHost "@HOST@"
  disco_items = { { "@GATEWAY@", "SMS gateway" } }

Component "@GATEWAY@"
  component_secret = "@SECRET@"

Component "upload.@HOST@" "http_file_share"
  http_file_share_size_limit = 1024 * 1024
