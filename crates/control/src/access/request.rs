//! What a request names, read from its bytes by the numbers of the fields on the way.
//!
//! Every occurrence of a field is read: a message may come in parts, of which the last says the most, and no part must
//! name what the caller may not touch.

/// The longest path to a name in a request.
const DEEPEST: usize = 8;

/// All texts in these fields of a message; `None` where it cannot be read.
pub fn texts(message: &[u8], path: &[u32]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    (path.len() <= DEEPEST).then_some(())?;
    walk(message, path, &mut found)?;
    Some(found)
}

fn walk(mut message: &[u8], path: &[u32], found: &mut Vec<String>) -> Option<()> {
    let (wanted, rest) = path.split_first()?;
    while !message.is_empty() {
        let key = varint(&mut message)?;
        let field = u32::try_from(key >> 3).ok()?;
        match key & 7 {
            0 => {
                varint(&mut message)?;
            }
            1 => message = message.get(8..)?,
            5 => message = message.get(4..)?,
            2 => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                let (inner, after) = message.split_at_checked(length)?;
                message = after;
                if field != *wanted {
                    continue;
                }
                if rest.is_empty() {
                    found.push(std::str::from_utf8(inner).ok()?.to_string());
                } else {
                    walk(inner, rest, found)?;
                }
            }
            // Groups, which nobody here uses.
            _ => return None,
        }
    }
    Some(())
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for (place, byte) in message.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            *message = &message[place + 1..];
            return Some(value);
        }
    }
    None
}

/// The messages of a gRPC body; `None` where it is cut off or compressed, which no service here takes.
pub fn messages(mut body: &[u8]) -> Option<Vec<&[u8]>> {
    let mut messages = Vec::new();
    while !body.is_empty() {
        let (head, rest) = body.split_at_checked(5)?;
        let length = u32::from_be_bytes(head[1..].try_into().ok()?);
        let (message, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        (head[0] == 0).then_some(())?;
        messages.push(message);
        body = rest;
    }
    Some(messages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::v1;
    use prost::Message;

    fn update(name: &str) -> Vec<u8> {
        let campaign = v1::Campaign {
            name: name.to_string(),
            display_name: "Spring".to_string(),
            number: 7,
            ..Default::default()
        };
        v1::UpdateCampaignRequest {
            campaign: Some(campaign),
            request_id: "x".to_string(),
            validate_only: true,
            ..Default::default()
        }
        .encode_to_vec()
    }

    #[test]
    fn every_occurrence_of_a_field_is_read() {
        assert_eq!(texts(&update("a"), &[1, 1]).unwrap(), ["a"]);
        // Two parts of one message: the decoder takes the last name, and the gate must see both.
        let twice = [update("a"), update("b")].concat();
        assert_eq!(texts(&twice, &[1, 1]).unwrap(), ["a", "b"]);
        assert_eq!(texts(&update(""), &[1, 1]).unwrap(), [""; 0]);
        assert_eq!(texts(&[], &[1]).unwrap(), [""; 0]);
        assert_eq!(texts(&[0x0b], &[1]), None);
        assert_eq!(texts(&[0x0a, 0x05, b'x'], &[1]), None);
        assert_eq!(texts(&[0x0a, 0x01, 0xff], &[1]), None);
        assert_eq!(texts(&[0x80; 11], &[1]), None);
    }

    #[test]
    fn a_body_is_cut_into_its_messages() {
        assert_eq!(messages(&[]).unwrap().len(), 0);
        assert_eq!(
            messages(&[0, 0, 0, 0, 1, 9, 0, 0, 0, 0, 0]).unwrap(),
            [&[9][..], &[]]
        );
        assert_eq!(messages(&[1, 0, 0, 0, 0]), None);
        assert_eq!(messages(&[0, 0, 0, 0, 2, 9]), None);
        assert_eq!(messages(&[0, 0]), None);
    }
}
