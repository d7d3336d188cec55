//! Keys of nested targets: `name.familyName`, `emails[0].value`, and, as RFC 7644 (section 3.10) writes an attribute of an
//! extension, the schema's URN, a colon and the attribute: `urn:…:enterprise:2.0:User:manager.value`. The dots of a URN
//! are its own.

use std::ops::Range;

/// One step from an object to its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// What is wrong with a key, and where in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadKey {
    pub part: Range<usize>,
    pub title: String,
}

/// More elements than anybody writes by hand.
const MOST_ELEMENTS: usize = 100;

/// The steps of a key.
pub(super) fn parse(key: &str) -> Result<Vec<Step>, BadKey> {
    let mut steps = Vec::new();
    let mut at = 0;
    if key.starts_with("urn:") {
        let end = key.rfind(':').unwrap_or_default();
        steps.push(Step::Name(key[..end].to_owned()));
        at = end + 1;
    }
    for part in key[at..].split('.') {
        steps_of(part, at, &mut steps)?;
        at += part.len() + 1;
    }
    Ok(steps)
}

/// The steps of what stands between two dots: a name, and indexes in brackets.
fn steps_of(part: &str, at: usize, steps: &mut Vec<Step>) -> Result<(), BadKey> {
    let bad = |title: &str| BadKey { part: at..at + part.len(), title: title.to_owned() };
    let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
    if name.is_empty() || name.contains(']') {
        return Err(bad("a key is names with dots between them, and indexes: emails[0].value"));
    }
    steps.push(Step::Name(name.to_owned()));
    while !rest.is_empty() {
        let index = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((index, after)) = index else { return Err(bad("an index is a number in brackets: emails[0]")) };
        match index.parse::<usize>() {
            Ok(index) if index < MOST_ELEMENTS => steps.push(Step::Index(index)),
            _ => return Err(bad("an index is a number from 0 to 99: emails[0]")),
        }
        rest = after;
    }
    Ok(())
}

/// What stands at a place of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Object(Vec<(String, Shape)>),
    List(Vec<Shape>),
    /// The value of the field of this index.
    Value(usize),
    /// The elements of the list of this index.
    Elements(usize),
}

impl Shape {
    /// The object that these keys make, each with what stands there, in the order in which they come. An error names the
    /// index of the key that does not fit to those before it.
    pub fn of(keys: impl IntoIterator<Item = (Vec<Step>, Shape)>) -> Result<Shape, usize> {
        let mut root = Shape::Object(Vec::new());
        for (nth, (steps, leaf)) in keys.into_iter().enumerate() {
            root.place(&steps, leaf).ok_or(nth)?;
        }
        Ok(root)
    }

    fn place(&mut self, steps: &[Step], leaf: Shape) -> Option<()> {
        let (step, rest) = steps.split_first()?;
        let inner = match (self, step) {
            (Shape::Object(members), Step::Name(name)) => match members.iter().position(|(known, _)| known == name) {
                Some(place) => &mut members[place].1,
                None if rest.is_empty() => {
                    members.push((name.clone(), leaf));
                    return Some(());
                }
                None => {
                    members.push((name.clone(), Shape::empty(&rest[0])));
                    &mut members.last_mut()?.1
                }
            },
            (Shape::List(elements), Step::Index(index)) => {
                if *index == elements.len() && rest.is_empty() {
                    elements.push(leaf);
                    return Some(());
                }
                if *index == elements.len() {
                    elements.push(Shape::empty(&rest[0]));
                }
                elements.get_mut(*index)?
            }
            _ => return None,
        };
        inner.place(rest, leaf)
    }

    fn empty(step: &Step) -> Shape {
        match step {
            Step::Name(_) => Shape::Object(Vec::new()),
            Step::Index(_) => Shape::List(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Step {
        Step::Name(name.to_owned())
    }

    #[test]
    fn keys_are_names_indexes_and_urns() {
        assert_eq!(parse("userName"), Ok(vec![name("userName")]));
        assert_eq!(parse("emails[0].value"), Ok(vec![name("emails"), Step::Index(0), name("value")]));
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        assert_eq!(parse(&format!("{urn}:manager.value")), Ok(vec![name(urn), name("manager"), name("value")]));
        for (bad, part) in
            [("", ""), ("a..b", ""), ("a.b[", "b["), ("a[x]", "a[x]"), ("a[100]", "a[100]"), ("a]b", "a]b")]
        {
            assert_eq!(parse(bad).map_err(|fault| bad[fault.part].to_owned()), Err(part.to_owned()), "{bad}");
        }
    }

    #[test]
    fn keys_make_one_object_and_contradictions_are_found() {
        let shape = |keys: &[&str]| {
            Shape::of(keys.iter().enumerate().map(|(nth, key)| (parse(key).unwrap(), Shape::Value(nth))))
        };
        let object = |members: Vec<(&str, Shape)>| {
            Shape::Object(members.into_iter().map(|(name, shape)| (name.to_owned(), shape)).collect())
        };
        assert_eq!(
            shape(&["a.b", "list[0].x", "a.c", "list[1].x"]),
            Ok(object(vec![
                ("a", object(vec![("b", Shape::Value(0)), ("c", Shape::Value(2))])),
                ("list", Shape::List(vec![object(vec![("x", Shape::Value(1))]), object(vec![("x", Shape::Value(3))])])),
            ]))
        );
        for wrong in [&["a", "a.b"][..], &["a.b", "a"], &["a", "a"], &["a[1]"], &["a[0]", "a.b"]] {
            assert_eq!(shape(wrong), Err(wrong.len() - 1), "{wrong:?}");
        }
    }
}
