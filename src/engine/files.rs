//! Files that hang on texts: uploaded one after the other for each account, fetched when the person asks for it or knows the writer.
//! One that fails holds up only what follows it in its own conversation. The transfers are tasks of their own; what they
//! did is kept here before it is told.
use super::{
    api::{Event, Refusal, Reply},
    run::Engine,
    saving::{Keep, media_type, plain},
};
use crate::{
    account::{
        AccountCommand, TextProgress,
        chat::{ChatCommand, Slot},
    },
    domain::{
        account::AccountId,
        conversation::ConversationId,
        extras::{Attachment, Extras},
        message::{Direction, Message, MessageId, SendFailure},
        private::Private,
    },
    logic::dial::Purpose,
    net::{Got, HttpError, Https},
    store::StoreError,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    time::Duration,
};
use tokio::{
    sync::{mpsc, watch},
    task::AbortHandle,
};

/// Between two words about how far a file is.
const STEP: Duration = Duration::from_millis(250);
/// The largest file that is fetched unasked, and asked.
const UNASKED: u64 = 8 * 1024 * 1024;
const ASKED: u64 = 200 * 1024 * 1024;
/// Files under way at once.
const RUNNING: usize = 8;

/// A file to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attach {
    /// To whom, as typed.
    pub to: Private<String>,
    /// Where it is.
    pub path: Private<PathBuf>,
    /// From which account; `None`: the best one.
    #[serde(default)]
    pub account: Option<AccountId>,
}

/// A file that hangs on a text moved on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMoved {
    /// The text.
    pub message: MessageId,
    /// Its thread.
    pub conversation: ConversationId,
    /// How.
    pub state: FileState,
}

/// How a file's way goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// So many bytes of so many.
    Moving(u64, Option<u64>),
    /// It is there.
    Done,
    /// It is not, and why.
    Failed(FileProblem),
}

/// Why a file did not come. Each has a sentence in `words/` (`file-…`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileProblem {
    /// The server is not reached, or not understood.
    Unreachable,
    /// The server does not give it, or no longer.
    Gone,
    /// It is too large.
    TooLarge,
    /// It is not the file that was told of.
    Another,
    /// The disk refuses.
    Disk,
}

impl FileProblem {
    /// The sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Unreachable => "file-unreachable",
            Self::Gone => "file-gone",
            Self::TooLarge => "file-too-large",
            Self::Another => "file-another",
            Self::Disk => "file-disk",
        }
    }
}

impl From<HttpError> for FileProblem {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Problem(_) | HttpError::Garbled => Self::Unreachable,
            HttpError::Refused(_) | HttpError::Address => Self::Gone,
            HttpError::TooLarge => Self::TooLarge,
            HttpError::Another => Self::Another,
            HttpError::Disk => Self::Disk,
        }
    }
}

/// From a transfer's task.
#[derive(Debug)]
pub(super) enum FileEvent {
    /// It is so far.
    Moved(MessageId, u64),
    /// It was uploaded, or not.
    Put(MessageId, Private<String>, Result<(), HttpError>),
    /// The file with this number was fetched, or not.
    Got(MessageId, usize, Result<Got, HttpError>),
}

/// What is under way.
#[derive(Default)]
pub(super) struct Files {
    /// The tasks, and whose upload it is.
    running: BTreeMap<MessageId, (Option<AccountId>, Option<AbortHandle>)>,
    /// Uploads that wait.
    waiting: VecDeque<(AccountId, MessageId)>,
    /// Fetches that wait.
    wanted: VecDeque<(MessageId, u64)>,
}

impl Engine {
    /// Keeps a file of the person's as a text and sends it.
    pub(super) async fn attach(&mut self, file: Attach) -> Result<Reply, Refusal> {
        let (to, account) = self.resolve(&file.to, file.account.as_ref(), Purpose::Text).await?;
        let known = self.accounts.get(&account).ok_or(Refusal::UnknownAccount)?;
        let largest = known.upload.ok_or(Refusal::NotSupported)?;
        let path = std::path::absolute(file.path.expose()).map_err(|_| Refusal::NoFile)?;
        let about = tokio::fs::metadata(&path).await.ok().filter(std::fs::Metadata::is_file);
        let size = about.ok_or(Refusal::NoFile)?.len();
        if size == 0 {
            return Err(Refusal::NoFile);
        }
        if largest.is_some_and(|largest| size > largest) {
            return Err(Refusal::FileTooLarge);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let attachment = Attachment {
            media_type: media_type(&name).to_owned(),
            name: name.into(),
            size: Some(size),
            path: Some(path.into()),
            ..Attachment::default()
        };
        let extras = Extras { attachments: vec![attachment], ..Extras::default() };
        self.keep_text(&account, to, Private::default(), extras).await
    }

    /// A text of ours whose file has no address yet: it is uploaded first. False: there is nothing to upload.
    pub(super) fn uploads_first(&mut self, message: &Message) -> bool {
        let uploaded = |file: &Attachment| file.url.is_some();
        if message.extras.attachments.iter().all(uploaded) {
            return false;
        }
        let id = message.id;
        let known = self.files.running.contains_key(&id) || self.files.waiting.iter().any(|(_, one)| *one == id);
        if !known {
            self.files.waiting.push_back((message.account.clone(), id));
        }
        true
    }

    /// Begins the next uploads and fetches.
    pub(super) async fn move_files(&mut self) {
        let waiting = std::mem::take(&mut self.files.waiting);
        for (account, id) in waiting {
            let busy = self.files.running.values().any(|(of, _)| of.as_ref() == Some(&account));
            if busy {
                self.files.waiting.push_back((account, id));
                continue;
            }
            self.begin_upload(account, id).await;
        }
        while self.files.running.len() < RUNNING
            && let Some((id, limit)) = self.files.wanted.pop_front()
        {
            self.begin_fetch(id, limit).await;
        }
    }

    async fn begin_upload(&mut self, account: AccountId, id: MessageId) {
        let message = self.store.message(id).await.ok().flatten();
        let file = message.and_then(|message| message.extras.attachments.into_iter().next());
        let Some(file) = file else { return };
        let path = file.path.map(Private::into_inner).unwrap_or_default();
        // it may have changed since
        let size = tokio::fs::metadata(&path).await.ok().filter(std::fs::Metadata::is_file).map(|about| about.len());
        let Some(size) = size else { return self.upload_failed(&account, id, SendFailure::File, false).await };
        let command =
            ChatCommand::Slot { id, name: plain(file.name.expose()).into(), size, media_type: file.media_type };
        let sent = self.accounts.get(&account).is_some_and(|known| known.send(AccountCommand::Chat(command)));
        if sent {
            self.files.running.insert(id, (Some(account), None));
        } else {
            self.upload_failed(&account, id, SendFailure::Unavailable, true).await;
        }
    }

    async fn upload_failed(&mut self, account: &AccountId, id: MessageId, failure: SendFailure, retry: bool) {
        self.files.running.remove(&id);
        self.text_progress(account, id, TextProgress::Failed { failure, retry }).await;
        // those after it waited for it
        Box::pin(self.send_queued(account)).await;
    }

    /// The account found a place for a file, or none.
    pub(super) async fn slot_came(
        &mut self,
        account: AccountId,
        id: MessageId,
        slot: Result<Slot, (SendFailure, bool)>,
    ) {
        // stopped meanwhile
        if !self.files.running.contains_key(&id) {
            return;
        }
        match slot {
            Ok(slot) => self.put(account, id, slot).await,
            Err((failure, retry)) => {
                self.upload_failed(&account, id, failure, retry).await;
                Box::pin(self.move_files()).await;
            }
        }
    }

    async fn put(&mut self, account: AccountId, id: MessageId, slot: Slot) {
        let Some(message) = self.store.message(id).await.ok().flatten() else { return };
        let Some(file) = message.extras.attachments.into_iter().next() else { return };
        let Some(https) = self.https(&account) else { return };
        let events = self.file_events.clone();
        let (progress, seen) = watch::channel(0);
        let task = tokio::spawn(async move {
            let path = file.path.map(Private::into_inner).unwrap_or_default();
            let put = https.put(slot.put.expose(), slot.headers.expose(), &file.media_type, &path, &progress);
            let done = told(put, id, seen, &events).await;
            // fails only when the engine has gone
            let _ = events.send(FileEvent::Put(id, slot.get, done)).await;
        });
        self.files.running.insert(id, (Some(account), Some(task.abort_handle())));
    }

    fn https(&self, account: &AccountId) -> Option<Https> {
        Some(Https::new(self.bind(), self.accounts.get(account)?.config.ca.clone()))
    }

    /// Stops a transfer.
    pub(super) async fn stop_file(&mut self, message: &Message) -> Result<Reply, Refusal> {
        let id = message.id;
        let waited = self.files.waiting.iter().any(|(_, one)| *one == id);
        self.files.waiting.retain(|(_, one)| *one != id);
        self.files.wanted.retain(|(one, _)| *one != id);
        let running = self.files.running.remove(&id);
        if let Some((_, Some(task))) = &running {
            task.abort();
        }
        if message.direction == Direction::Outgoing && (waited || running.is_some()) {
            self.upload_failed(&message.account.clone(), id, SendFailure::Stopped, false).await;
        } else {
            self.tell_file(message, FileState::Done);
        }
        self.move_files().await;
        Ok(Reply::Done)
    }

    /// Fetches the files of a text because the person asks for it.
    pub(super) async fn fetch(&mut self, message: &Message) -> Result<Reply, Refusal> {
        if self.files.running.contains_key(&message.id) {
            return Ok(Reply::Done);
        }
        if !message.extras.attachments.iter().any(|file| !file.is_here() && file.url.is_some()) {
            return Err(Refusal::NoFile);
        }
        self.files.wanted.push_back((message.id, ASKED));
        self.move_files().await;
        Ok(Reply::Done)
    }

    /// A text with files came: they are fetched unasked if the person wants that and knows the writer.
    pub(super) async fn fetch_unasked(&mut self, message: &Message) {
        let fetch = self.setup.config.privacy.fetch && message.direction == Direction::Incoming;
        if message.extras.attachments.is_empty() || !fetch {
            return;
        }
        if let Ok(true) = self.store.knows(message.account.clone(), message.peer.clone()).await {
            self.files.wanted.push_back((message.id, UNASKED));
            self.move_files().await;
        }
    }

    async fn begin_fetch(&mut self, id: MessageId, limit: u64) {
        let Some(message) = self.store.message(id).await.ok().flatten() else { return };
        let file = message.extras.attachments.iter().enumerate().find(|(_, file)| !file.is_here());
        let Some((number, file)) = file else { return };
        let (Some(https), Some(url)) = (self.https(&message.account), file.url.clone()) else { return };
        if file.size.is_some_and(|size| size > limit) {
            return self.tell_file(&message, FileState::Failed(FileProblem::TooLarge));
        }
        let (sha256, events, store) = (file.sha256.clone(), self.file_events.clone(), self.store.clone());
        let (progress, seen) = watch::channel(0);
        let task = tokio::spawn(async move {
            let get = fetch(&https, &url, limit, sha256.as_deref(), Keep::begin(store, id, number), &progress);
            let done = told(get, id, seen, &events).await;
            let _ = events.send(FileEvent::Got(id, number, done)).await;
        });
        self.files.running.insert(id, (None, Some(task.abort_handle())));
    }

    /// A transfer moved on.
    pub(super) async fn file_event(&mut self, event: FileEvent) {
        match event {
            FileEvent::Moved(id, done) => {
                if let (true, Ok(Some(message))) = (self.files.running.contains_key(&id), self.store.message(id).await)
                {
                    let total = message.extras.attachments.first().and_then(|file| file.size);
                    self.tell_file(&message, FileState::Moving(done, total));
                }
            }
            FileEvent::Put(id, url, done) => self.put_done(id, url, done).await,
            FileEvent::Got(id, number, done) => self.got(id, number, done).await,
        }
        self.move_files().await;
    }

    async fn put_done(&mut self, id: MessageId, url: Private<String>, done: Result<(), HttpError>) {
        let Some((Some(account), _)) = self.files.running.remove(&id) else { return };
        if let Err(error) = done {
            tracing::info!(account = account.in_log(), %error, "a file is not uploaded");
            let (failure, retry) = match error {
                HttpError::Problem(_) | HttpError::Garbled => (SendFailure::Unavailable, true),
                HttpError::Refused(413) | HttpError::TooLarge => (SendFailure::TooLong, false),
                HttpError::Refused(status) => (SendFailure::Refused, status >= 500),
                HttpError::Address | HttpError::Another => (SendFailure::Server, false),
                HttpError::Disk => (SendFailure::File, false),
            };
            return self.upload_failed(&account, id, failure, retry).await;
        }
        let uploaded = self.store.set_extras(id, move |message| {
            message.body = url.clone();
            if let Some(file) = message.extras.attachments.first_mut() {
                file.url = Some(url);
            }
        });
        match uploaded.await {
            Ok(Some(message)) => {
                self.tell_file(&message, FileState::Done);
                if self.tell_own(message.clone()).await.is_ok() && !self.give_text(&message).await {
                    return self.upload_failed(&account, id, SendFailure::Unavailable, true).await;
                }
                self.send_queued(&account).await;
            }
            _ => self.upload_failed(&account, id, SendFailure::Unavailable, true).await,
        }
    }

    async fn got(&mut self, id: MessageId, number: usize, done: Result<Got, HttpError>) {
        if self.files.running.remove(&id).is_none() {
            return;
        }
        let Ok(Some(message)) = self.store.message(id).await else { return };
        let got = match done {
            Ok(got) => got,
            Err(error) => {
                tracing::info!(account = message.account.in_log(), %error, "a file is not fetched");
                return self.tell_file(&message, FileState::Failed(error.into()));
            }
        };
        let kept = self.store.set_extras(id, move |message| {
            if let Some(file) = message.extras.attachments.get_mut(number) {
                file.here = true;
                file.size = Some(got.length);
                if file.media_type.is_empty() {
                    file.media_type = got.media_type;
                }
            }
        });
        match kept.await {
            Ok(Some(message)) => {
                self.tell_file(&message, FileState::Done);
                let more = message.extras.attachments.iter().any(|file| !file.is_here() && file.url.is_some());
                let _ = self.tell_own(message).await;
                if more {
                    self.files.wanted.push_back((id, UNASKED));
                }
            }
            _ => self.tell_file(&message, FileState::Failed(FileProblem::Disk)),
        }
    }

    fn tell_file(&self, message: &Message, state: FileState) {
        self.tell(Event::File(FileMoved { message: message.id, conversation: message.conversation, state }));
    }
}

/// Fetches a file into the store; it is there whole or not at all.
async fn fetch(
    https: &Https,
    url: &Private<String>,
    limit: u64,
    sha256: Option<&str>,
    keep: impl Future<Output = Result<Keep, StoreError>>,
    progress: &watch::Sender<u64>,
) -> Result<Got, HttpError> {
    let mut keep = keep.await.map_err(|_| HttpError::Disk)?;
    match https.get(url.expose(), &mut keep, limit, sha256, progress).await {
        Ok(got) => keep.end().await.map(|()| got).map_err(|_| HttpError::Disk),
        Err(error) => {
            // what cannot be removed now is removed when the store is opened again
            let _ = keep.give_up().await;
            Err(error)
        }
    }
}

/// Waits for a transfer, and tells how far it is now and then.
async fn told<T>(
    transfer: impl Future<Output = T>,
    id: MessageId,
    seen: watch::Receiver<u64>,
    events: &mpsc::Sender<FileEvent>,
) -> T {
    let mut transfer = std::pin::pin!(transfer);
    let mut last = 0;
    loop {
        tokio::select! {
            done = &mut transfer => return done,
            () = tokio::time::sleep(STEP) => {
                let now = *seen.borrow();
                if now != last {
                    last = now;
                    // a full channel: the next word says more
                    let _ = events.try_send(FileEvent::Moved(id, now));
                }
            }
        }
    }
}
