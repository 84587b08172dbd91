//! Calls by their names, with requests made from the contract's descriptors.

use std::collections::BTreeMap;

use api::DESCRIPTORS;
use bytes::{Buf, BufMut, Bytes};
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};
use prost_types::{DescriptorProto, FileDescriptorSet};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};

use crate::harness::Calls;

const PACKAGE: &str = "outbid.control.v1";

/// The contract, as its descriptors tell it.
pub struct Contract {
    methods: BTreeMap<String, String>,
    messages: BTreeMap<String, DescriptorProto>,
}

impl Contract {
    pub fn read() -> Contract {
        let files = FileDescriptorSet::decode(DESCRIPTORS).unwrap();
        let mut contract = Contract {
            methods: BTreeMap::new(),
            messages: BTreeMap::new(),
        };
        for file in files.file {
            if file.package() != PACKAGE {
                continue;
            }
            for message in file.message_type {
                let name = format!(".{PACKAGE}.{}", message.name());
                contract.messages.insert(name, message);
            }
            for service in file.service {
                for method in &service.method {
                    let name = format!("{}/{}", service.name(), method.name());
                    contract
                        .methods
                        .insert(name, method.input_type().to_string());
                }
            }
        }
        contract
    }

    /// All methods, by name.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.methods.keys().map(String::as_str)
    }

    /// A request that names this; with `validate_only`, where it has that, if it is to change nothing.
    pub fn request(&self, method: &str, names: &[(&str, &str)], rehearse: bool) -> Vec<u8> {
        let input = &self.methods[method];
        let mut bytes = Vec::new();
        for (path, text) in names {
            let field = self.field(input, path, text);
            bytes.extend(field.unwrap_or_else(|| panic!("{method} has no {path}")));
        }
        let flag = self.messages[input].field.iter();
        let flag = flag.filter(|field| field.name() == "validate_only");
        for field in flag.filter(|_| rehearse) {
            encode_key(field.number() as u32, WireType::Varint, &mut bytes);
            encode_varint(1, &mut bytes);
        }
        bytes
    }

    fn field(&self, message: &str, path: &str, text: &str) -> Option<Vec<u8>> {
        let (first, rest) = match path.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let described = self.messages.get(message)?;
        let field = described.field.iter().find(|it| it.name() == first)?;
        let inner = match rest {
            None => text.as_bytes().to_vec(),
            Some(rest) => self.field(field.type_name(), rest, text)?,
        };
        let mut bytes = Vec::new();
        encode_key(field.number() as u32, WireType::LengthDelimited, &mut bytes);
        encode_varint(inner.len() as u64, &mut bytes);
        bytes.extend(inner);
        Some(bytes)
    }
}

/// Calls a method with the bytes of a request, and waits until it is answered or refused: of a stream no longer than
/// until it begins.
pub async fn call(calls: Calls, method: &str, request: &[u8]) -> Result<(), Status> {
    let mut grpc = tonic::client::Grpc::new(calls);
    grpc.ready().await.unwrap();
    let path = format!("/{PACKAGE}.{method}").parse().unwrap();
    let request = Request::new(Bytes::copy_from_slice(request));
    let answers = grpc.server_streaming(request, path, Raw).await;
    answers.map(drop)
}

/// Bytes as they are.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
