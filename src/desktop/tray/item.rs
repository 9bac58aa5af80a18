//! The sign itself: `org.kde.StatusNotifierItem`. Read by any program on the bus: it names nobody.
use super::{ITEM_PATH, MENU_PATH, Shared, Sign, TrayAction, pass, picture};
use crate::desktop::application::NAME;
use tokio::sync::mpsc;
use zbus::{Connection, object_server::SignalEmitter, zvariant::ObjectPath};

pub(super) struct Item {
    shared: Shared,
    pressed: mpsc::Sender<TrayAction>,
}

impl Item {
    pub(super) const fn new(shared: Shared, pressed: mpsc::Sender<TrayAction>) -> Self {
        Self { shared, pressed }
    }
}

/// Width, height, and pixels as ARGB in network byte order.
type Picture = (i32, i32, Vec<u8>);

#[zbus::interface(name = "org.kde.StatusNotifierItem")]
impl Item {
    #[zbus(property)]
    fn category(&self) -> &'static str {
        "Communications"
    }
    #[zbus(property)]
    fn id(&self) -> &'static str {
        NAME
    }
    #[zbus(property)]
    fn title(&self) -> &'static str {
        "Landline"
    }
    #[zbus(property)]
    fn status(&self) -> &'static str {
        status(self.shared.read(|face| face.sign))
    }
    #[zbus(property)]
    fn window_id(&self) -> i32 {
        0
    }
    /// None by name: a tray would show a gap where the icon theme has none.
    #[zbus(property)]
    fn icon_name(&self) -> &'static str {
        ""
    }
    #[zbus(property)]
    fn icon_pixmap(&self) -> Vec<Picture> {
        let sign = self.shared.read(|face| face.sign);
        picture::SIZES.into_iter().map(|size| (size, size, picture::draw(sign, size))).collect()
    }
    #[zbus(property)]
    fn attention_icon_name(&self) -> &'static str {
        ""
    }
    #[zbus(property)]
    fn attention_icon_pixmap(&self) -> Vec<Picture> {
        self.icon_pixmap()
    }
    #[zbus(property)]
    fn overlay_icon_name(&self) -> &'static str {
        ""
    }
    #[zbus(property)]
    fn tool_tip(&self) -> (String, Vec<Picture>, String, String) {
        (String::new(), Vec::new(), "Landline".to_owned(), self.shared.read(|face| face.about.clone()))
    }
    #[zbus(property)]
    fn item_is_menu(&self) -> bool {
        false
    }
    #[zbus(property)]
    fn menu(&self) -> ObjectPath<'static> {
        ObjectPath::from_static_str_unchecked(MENU_PATH)
    }

    async fn activate(&self, _x: i32, _y: i32) {
        pass(&self.pressed, TrayAction::Show).await;
    }
    async fn secondary_activate(&self, _x: i32, _y: i32) {
        pass(&self.pressed, TrayAction::Show).await;
    }
    /// Trays without menus of their own: the window has all that the menu has.
    async fn context_menu(&self, _x: i32, _y: i32) {
        pass(&self.pressed, TrayAction::Show).await;
    }
    fn scroll(&self, _delta: i32, _orientation: String) {}

    #[zbus(signal)]
    async fn new_icon(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
    #[zbus(signal)]
    async fn new_attention_icon(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
    #[zbus(signal)]
    async fn new_tool_tip(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
    #[zbus(signal)]
    async fn new_status(emitter: &SignalEmitter<'_>, status: &str) -> zbus::Result<()>;
}

const fn status(sign: Sign) -> &'static str {
    match sign {
        Sign::News => "NeedsAttention",
        Sign::Calm | Sign::Offline => "Active",
    }
}

/// Tells the tray to look again.
pub(super) async fn changed(connection: &Connection) -> zbus::Result<()> {
    let item = connection.object_server().interface::<_, Item>(ITEM_PATH).await?;
    let status = status(item.get().await.shared.read(|face| face.sign));
    let emitter = item.signal_emitter();
    Item::new_icon(emitter).await?;
    Item::new_attention_icon(emitter).await?;
    Item::new_tool_tip(emitter).await?;
    Item::new_status(emitter, status).await
}
