//! Rust source, read just closely enough for the floors: words, marks and texts by line, paths written out in full.
//!
//! *Invariant:* no rule stands here; what is allowed is decided in `rules.rs`. Comments are never looked at.

use std::path::Path;

/// One Rust file of the repository.
pub(crate) struct Source {
    /// Path from the top of the repository, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) paths: Vec<NamedPath>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    /// One sign, or `::`.
    Mark,
    /// A string or character with its quotes.
    Text,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

/// A path as the code means it: groups spread out, `self` and `super` resolved. Paths within this crate begin
/// with `crate`; `*` stands for everything below.
#[derive(Debug)]
pub(crate) struct NamedPath {
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
}

impl Source {
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let tokens = tokens(text);
        let paths = named_paths(&tokens, module_of(path));
        Self { path: path.to_owned(), text: text.to_owned(), tokens, paths }
    }
}

/// Reads every `.rs` file below `folder`, in the order of their names.
pub(crate) fn files_below(top: &Path, folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(top.join(folder))
        .unwrap_or_else(|error| panic!("cannot list {folder}: {error}"))
        .map(|entry| entry.expect("a folder can be listed to its end"))
        .collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files_below(top, &path));
        } else if entry.path().extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(entry.path()).expect("source is UTF-8");
            found.push(Source::read(&path, &text));
        }
    }
    found
}

/// The module a file is: `src/web/api/mod.rs` is `web::api`, `src/lib.rs` the root.
fn module_of(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let mut names: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        names.pop();
    }
    names
}

pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        let (length, kind) = first_piece(rest);
        let (piece, left) = rest.split_at(length);
        if let Some(kind) = kind {
            found.push(Token { line, kind, text: piece.to_owned() });
        }
        line += piece.matches('\n').count();
        rest = left;
    }
    found
}

/// Length in bytes of what stands first, and its kind unless it is a blank or a comment.
fn first_piece(rest: &str) -> (usize, Option<Kind>) {
    let first = rest.chars().next().expect("only asked while something is left");
    let in_word = |sign: char| sign.is_alphanumeric() || sign == '_';
    if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), None)
    } else if rest.starts_with("/*") {
        (block_comment(rest), None)
    } else if let Some(length) = quoted(rest) {
        (length, Some(Kind::Text))
    } else if in_word(first) {
        (rest.find(|sign| !in_word(sign)).unwrap_or(rest.len()), Some(Kind::Word))
    } else if rest.starts_with("::") {
        (2, Some(Kind::Mark))
    } else {
        (first.len_utf8(), (!first.is_whitespace()).then_some(Kind::Mark))
    }
}

/// Length of a block comment; these nest.
fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            (at, depth) = (at + 2, depth + 1);
        } else if here.starts_with(b"*/") {
            (at, depth) = (at + 2, depth - 1);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// Length of the string or character that stands first, with prefix (`b`, `c`, `r#`) and quotes. Lifetimes are none.
fn quoted(rest: &str) -> Option<usize> {
    let body = rest.trim_start_matches(['b', 'c', 'r']);
    let prefix = &rest[..rest.len() - body.len()];
    if prefix.ends_with('r') {
        let opened = body.trim_start_matches('#');
        let hashes = &body[..body.len() - opened.len()];
        let inner = opened.strip_prefix('"')?;
        let closing = format!("\"{hashes}");
        let end = inner.find(&closing).map_or(inner.len(), |at| at + closing.len());
        return Some(rest.len() - inner.len() + end);
    }
    let quote = body.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    let inner = &body[1..];
    let lifetime = quote == '\'' && !inner.starts_with('\\') && inner.chars().nth(1) != Some('\'');
    if lifetime {
        return None;
    }
    let mut escaped = false;
    let end = inner.char_indices().find_map(|(at, sign)| {
        let closes = sign == quote && !escaped;
        escaped = sign == '\\' && !escaped;
        closes.then_some(at + 1)
    });
    Some(rest.len() - inner.len() + end.unwrap_or(inner.len()))
}

/// Words after which `::` begins a path instead of going on with one; none of them heads a path.
const KEYWORDS: [&str; 18] = [
    "use", "return", "in", "as", "mut", "dyn", "impl", "for", "else", "match", "if", "while", "where", "ref", "move",
    "extern", "let", "const",
];

/// Writes out the paths of a file while it keeps track of the module it is in.
struct PathReader<'tokens> {
    tokens: &'tokens [Token],
    module: Vec<String>,
    depth: usize,
    /// How deep the braces were within each inline module that is open.
    inline_modules: Vec<usize>,
    found: Vec<NamedPath>,
}

fn named_paths(tokens: &[Token], module: Vec<String>) -> Vec<NamedPath> {
    let (depth, inline_modules, found) = (0, Vec::new(), Vec::new());
    let mut reader = PathReader { tokens, module, depth, inline_modules, found };
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at = match token.kind {
            Kind::Word if reader.heads_a_path(at) => reader.spread(at, &[]),
            Kind::Word => at + 1,
            Kind::Mark => reader.enter_or_leave_module(at),
            Kind::Text => reader.look_into_text(at),
        };
    }
    reader.found
}

impl PathReader<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn heads_a_path(&self, at: usize) -> bool {
        let before = |steps: usize| at.checked_sub(steps).and_then(|at| self.tokens.get(at));
        let keyword = |token: &Token| KEYWORDS.contains(&token.text.as_str());
        let goes_on = before(1).is_some_and(|mark| mark.text == "::")
            && before(2).is_some_and(|it| it.text == ">" || it.kind == Kind::Word && !keyword(it));
        !goes_on && !keyword(&self.tokens[at])
    }

    /// Keeps every path of the tree that begins at `at`; returns where the tree has ended.
    fn spread(&mut self, mut at: usize, before: &[String]) -> usize {
        let line = self.tokens.get(at).map_or(0, |token| token.line);
        let mut segments = before.to_vec();
        loop {
            let token = self.tokens.get(at);
            if self.text(at) == "{" && at > 0 && self.text(at - 1) == "::" {
                return self.spread_group(at + 1, &segments);
            }
            if !token.is_some_and(|it| it.kind == Kind::Word || it.text == "*") {
                break;
            }
            segments.push(self.text(at).to_owned());
            at += 1;
            let next = self.tokens.get(at + 1);
            let more = next.is_some_and(|it| it.kind == Kind::Word || "{*".contains(&it.text));
            if self.text(at) != "::" || !more {
                break;
            }
            at += 1;
        }
        if self.text(at) == "as" && self.text(at + 2) != "::" {
            // Under another name it could be used unseen: that counts as using everything below it.
            if matches!(segments.last().map(String::as_str), Some("crate" | "self" | "super")) {
                segments.push("*".to_owned());
            }
            at += 2;
        }
        self.keep(line, &segments);
        at
    }

    fn spread_group(&mut self, mut at: usize, before: &[String]) -> usize {
        loop {
            match self.text(at) {
                "" => return at,
                "}" => return at + 1,
                "," => at += 1,
                _ => at = self.spread(at, before).max(at + 1),
            }
        }
    }

    /// Attributes of serde and utoipa name paths in strings.
    fn look_into_text(&mut self, at: usize) -> usize {
        let Token { line, text, .. } = &self.tokens[at];
        if text.starts_with("\"crate::") {
            let inner = named_paths(&tokens(text.trim_matches('"')), self.module.clone());
            self.found.extend(inner.into_iter().map(|path| NamedPath { line: *line, ..path }));
        }
        at + 1
    }

    fn enter_or_leave_module(&mut self, at: usize) -> usize {
        match self.text(at) {
            "{" => {
                self.depth += 1;
                if at > 1 && self.text(at - 2) == "mod" {
                    self.inline_modules.push(self.depth);
                    self.module.push(self.text(at - 1).to_owned());
                }
            }
            "}" => {
                if self.inline_modules.last() == Some(&self.depth) {
                    self.inline_modules.pop();
                    self.module.pop();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
        at + 1
    }

    fn keep(&mut self, line: usize, written: &[String]) {
        let mut inside = match written.first().map(String::as_str) {
            Some("crate" | "scooter_registry") => Vec::new(),
            Some("self" | "super") => self.module.clone(),
            _ => {
                let segments = written.to_vec();
                return self.found.push(NamedPath { line, segments });
            }
        };
        for segment in written {
            match segment.as_str() {
                "crate" | "scooter_registry" | "self" => {}
                "super" => drop(inside.pop()),
                name => inside.push(name.to_owned()),
            }
        }
        let segments = std::iter::once("crate".to_owned()).chain(inside).collect();
        self.found.push(NamedPath { line, segments });
    }
}
