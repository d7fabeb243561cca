//! An element that is open, and what ends it: HTML need not say where a list's item ends.

/// An element that is open.
pub struct Within {
    name: Vec<u8>,
    /// How often it was opened within itself.
    depth: usize,
    /// Lists and tables that were opened within it.
    lists: usize,
}

/// Elements that end where the next one like them begins, or where their parent ends.
const IMPLIED: [&[u8]; 8] = [b"p", b"li", b"td", b"th", b"tr", b"dd", b"dt", b"option"];
const LISTS: [&[u8]; 5] = [b"ul", b"ol", b"dl", b"table", b"select"];

impl Within {
    /// An element of this name that begins.
    pub fn of(name: &[u8]) -> Self {
        Self { name: name.to_vec(), depth: 1, lists: 0 }
    }

    fn is_implied(&self) -> bool {
        IMPLIED.contains(&&self.name[..])
    }

    /// True if a start tag ends it.
    pub fn ends_at_start(&mut self, name: &[u8]) -> bool {
        self.lists += usize::from(LISTS.contains(&name));
        let is_own = self.name == name;
        if self.is_implied() {
            return is_own && self.lists == 0;
        }
        self.depth += usize::from(is_own);
        false
    }

    /// True if an end tag ends it.
    pub fn ends_at_end(&mut self, name: &[u8]) -> bool {
        if LISTS.contains(&name) {
            let is_around = self.is_implied() && self.lists == 0;
            self.lists = self.lists.saturating_sub(1);
            if is_around {
                return true;
            }
        }
        if self.name != name || (self.is_implied() && self.lists > 0) {
            return false;
        }
        self.depth -= 1;
        self.depth == 0
    }
}
