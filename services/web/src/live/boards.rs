//! Pages that somebody looks at: each is kept drawn by one task for all who look, and ends with the
//! last of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep},
};

use crate::{
    pages::{Address, AddressQuery, Drawn, PageData},
    render::{Renderer, ShownPage},
    words::Lang,
};

/// The pages that are looked at.
#[derive(Clone, Debug, Default)]
pub struct OpenPages(Arc<Mutex<OpenBoards>>);

type OpenBoards = HashMap<(Address, Lang), Weak<Board>>;

/// A page that is kept drawn.
#[derive(Debug)]
pub struct Board {
    /// The page as it was drawn last.
    pub drawn: watch::Receiver<Arc<Drawn>>,
    task: AbortHandle,
}

impl Drop for Board {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl OpenPages {
    /// The board of a page, if somebody looks at it.
    pub fn find(&self, address: &Address, lang: Lang) -> Option<Arc<Board>> {
        self.lock().get(&(address.clone(), lang)).and_then(Weak::upgrade)
    }

    /// The board of a page that was just drawn: the one that exists, or a new one.
    pub fn join(
        &self,
        renderer: &Renderer,
        address: &Address,
        lang: Lang,
        seen: ShownPage,
    ) -> Arc<Board> {
        let mut boards = self.lock();
        let key = (address.clone(), lang);
        if let Some(board) = boards.get(&key).and_then(Weak::upgrade) {
            return board;
        }
        boards.retain(|_, board| board.strong_count() > 0);
        let (tell, drawn) = watch::channel(seen.drawn.clone());
        let keeper =
            Keeper { renderer: renderer.clone(), address: address.clone(), lang, seen, tell };
        let task = tokio::spawn(keeper.run()).abort_handle();
        let board = Arc::new(Board { drawn, task });
        boards.insert(key, Arc::downgrade(&board));
        board
    }

    fn lock(&self) -> MutexGuard<'_, OpenBoards> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps one page drawn.
struct Keeper {
    renderer: Renderer,
    address: Address,
    lang: Lang,
    seen: ShownPage,
    tell: watch::Sender<Arc<Drawn>>,
}

impl Keeper {
    async fn run(mut self) {
        let policy = self.renderer.policy.clone();
        let mut report = self.renderer.report.clone();
        let mut read_at = Instant::now();
        loop {
            // At most one message of a section in this time, however much changes.
            sleep(policy.pace()).await;
            let every = match self.seen.own {
                PageData::Mall(_) => policy.queues_every().saturating_sub(policy.pace()),
                PageData::Nothing
                | PageData::Region(_)
                | PageData::Service(_)
                | PageData::Withdrawn(_)
                | PageData::Standards(_)
                | PageData::Standard(_)
                | PageData::Overrides(_)
                | PageData::LifeEvents(_)
                | PageData::LifeEvent(_)
                | PageData::Source(_)
                | PageData::Found(_) => policy.redraw(),
            };
            tokio::select! {
                changed = report.changed(), if !matches!(self.seen.own, PageData::Mall(_)) => {
                    if changed.is_err() { return }
                }
                () = sleep(every) => {}
            }
            report.borrow_and_update();
            let stale = read_at.elapsed() >= policy.records_every();
            if stale {
                read_at = Instant::now();
            }
            self.draw(stale).await;
        }
    }

    async fn draw(&mut self, stale: bool) {
        let Some(own) = self.own(stale).await else { return };
        let asked = AddressQuery::default();
        let Ok(drawn) = self.renderer.draw(&self.address, &asked, self.lang, own.clone()) else {
            return;
        };
        let drawn = Arc::new(drawn.keeping(&self.seen.drawn));
        self.seen = ShownPage { drawn: drawn.clone(), own };
        self.tell.send_replace(drawn);
    }

    /// Queues are asked for each time; records and hours only once they are old.
    async fn own(&self, stale: bool) -> Option<PageData> {
        match &self.seen.own {
            PageData::Mall(mall) if !stale => {
                let queues = self.renderer.upstream.queues(&mall.records).await;
                let mall = crate::upstream::MallData { records: mall.records.clone(), queues };
                Some(PageData::Mall(Arc::new(mall)))
            }
            _ => self.renderer.gather(&self.address, &AddressQuery::default()).await.ok(),
        }
    }
}
