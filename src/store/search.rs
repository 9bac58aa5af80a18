//! Finding messages by address or by words.
use super::{Store, StoreError, rows};
use crate::domain::message::Message;
use rusqlite::types::Value;

/// An FTS5 query for what a person typed: every word must occur, the last may be unfinished. Operators and
/// quotes have no meaning. `None`: there is no word in it.
fn fts_query(typed: &str) -> Option<String> {
    let words: Vec<_> = typed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(16).collect();
    if words.is_empty() {
        return None;
    }
    Some(words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" "))
}

impl Store {
    /// Messages with an address (URI, address without scheme, or number as shown) and words, newest first.
    pub async fn messages(
        &self,
        with: Option<String>,
        search: Option<String>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        self.query(move |connection| {
            let mut sql = format!("SELECT {} FROM {} WHERE 1", rows::MESSAGE, rows::MESSAGE_FROM);
            let mut values: Vec<Value> = Vec::new();
            if let Some(with) = with {
                let typed = with.trim().to_owned();
                let number: String = typed.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
                let is_number = typed.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c)) && !number.is_empty();
                // The peer is `scheme:rest`; a number is the user part, up to `@` or `;`.
                let rest = "substr(c.peer, instr(c.peer, ':') + 1)";
                let user = format!("replace({rest}, ';', '@')");
                sql.push_str(&format!(" AND (c.peer = ?1 OR {rest} = ?1"));
                values.push(typed.into());
                if is_number {
                    sql.push_str(&format!(
                        " OR {rest} = ?2 OR ltrim(substr({user}, 1, instr({user}, '@') - 1), '+') = ltrim(?2, '+')"
                    ));
                    values.push(number.into());
                }
                sql.push(')');
            }
            if let Some(search) = search {
                let Some(query) = fts_query(&search) else { return Ok(Vec::new()) };
                values.push(query.into());
                let at = values.len();
                sql.push_str(&format!(" AND m.id IN (SELECT rowid FROM message_text WHERE message_text MATCH ?{at})"));
            }
            values.push(i64::from(limit).into());
            sql.push_str(&format!(" ORDER BY m.place DESC, m.id DESC LIMIT ?{}", values.len()));
            let mut query = connection.prepare(&sql)?;
            rows::all(query.query_map(rusqlite::params_from_iter(values), rows::message)?)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_have_no_meaning() {
        assert_eq!(fts_query("caf\" OR NEAR(x"), Some("\"caf\"* \"OR\"* \"NEAR\"* \"x\"*".into()));
        assert_eq!(fts_query(" \"* "), None);
    }
}
