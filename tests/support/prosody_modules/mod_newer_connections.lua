-- What mod_sasl2 and mod_sasl2_fast ask of newer Prosodys: a connection's TLS and its channel's binding, and whether the stream's
-- header named somebody, which ours do.
module:hook("stream-features", function (event)
	local conn = event.origin.conn;
	event.stream = event.stream or { from = "somebody@" .. module.host };
	function conn:ssl_info() return self:socket():info(); end
	if conn:socket().exportkeyingmaterial then
		function conn:ssl_exportkeyingmaterial(...) return self:socket():exportkeyingmaterial(...); end
	end
end, 100);

-- the older log-in is offered beside, and its handler, which is the last, has no binding
module:hook("stream-features", function (event)
	local conn, handler = event.origin.conn, event.origin.sasl_handler;
	if handler and not handler.profile.cb and conn.ssl_exportkeyingmaterial then
		handler:add_cb_handler("tls-exporter", function ()
			return conn:ssl_exportkeyingmaterial("EXPORTER-Channel-Binding", 32, "");
		end);
	end
end, -100);

-- theirs takes fractions of seconds
local datetime = require "util.datetime";
local whole_seconds = datetime.datetime;
function datetime.datetime(time) return whole_seconds(time and math.floor(time)); end

local mt = require "util.stanza".stanza_mt;
function mt:get_child_attr(name, xmlns, attr)
	local child = self:get_child(name, xmlns);
	return child and child.attr[attr];
end
