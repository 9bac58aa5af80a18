//! The desktop's message buses. Everything here works without them: then there is nothing to talk to, and that is no fault.
use std::time::Duration;
use tokio::time::timeout;
use zbus::{Connection, fdo::DBusProxy, names::BusName, proxy::MethodFlags, zvariant::DynamicType};

/// A service that does not answer in this time is as good as none.
pub(super) const ANSWER: Duration = Duration::from_secs(5);

/// The person's session bus. Must be called within a tokio runtime, which carries the connection from then on.
pub async fn session() -> Option<Connection> {
    told("session", timeout(ANSWER, Connection::session()).await.ok()?)
}

/// The computer's bus.
pub(super) async fn system() -> Option<Connection> {
    told("system", timeout(ANSWER, Connection::system()).await.ok()?)
}

fn told(which: &str, connection: zbus::Result<Connection>) -> Option<Connection> {
    connection.inspect_err(|error| tracing::info!(which, %error, "no message bus")).ok()
}

/// Whether somebody answers to a name now. Starts nothing.
pub(super) async fn is_there(connection: &Connection, name: &str) -> bool {
    let ask = async {
        let name = BusName::try_from(name).ok()?;
        DBusProxy::new(connection).await.ok()?.name_has_owner(name).await.ok()
    };
    timeout(ANSWER, ask).await.ok().flatten().unwrap_or(false)
}

/// Calls a method of a service that runs; starts none. `None`: it refused, or does not answer in time.
pub(super) async fn call<A, R>(
    connection: &Connection,
    (service, path, interface): (&str, &str, &str),
    method: &str,
    arguments: &A,
    within: Duration,
) -> Option<R>
where
    A: serde::Serialize + DynamicType + Sync,
    R: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
{
    let ask = async {
        let proxy = zbus::proxy::Builder::<zbus::Proxy<'_>>::new(connection)
            .destination(service)
            .ok()?
            .path(path)
            .ok()?
            .interface(interface)
            .ok()?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await
            .ok()?;
        proxy.call_with_flags(method, MethodFlags::NoAutoStart.into(), arguments).await.ok()?
    };
    timeout(within, ask).await.ok().flatten()
}
