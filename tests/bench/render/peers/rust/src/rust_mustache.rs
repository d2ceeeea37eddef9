//! The crate "mustache". It cannot print booleans, and has no option to turn escaping off.

use crate::{read, Engine};
use mustache::{Context, Data, Template};
use serde_json::Value;

fn values(json: &str) -> Data {
    let mut values: Value = serde_json::from_str(json).unwrap();
    let printed = &mut values["securityContext"]["runAsNonRoot"];
    *printed = Value::String(printed.to_string());
    mustache::to_data(values).unwrap()
}

fn compile(dir: &str, source: &str) -> Template {
    Context::new(dir.into()).compile(source.chars()).unwrap()
}

pub fn engine(data: &str) -> Engine {
    let json = read(format!("{data}/values.json"));
    let source = read(format!("{data}/deployment.mustache"));
    let dir = format!("{data}/partials");
    let template = compile(&dir, &source);
    let root = values(&json);
    let again = (dir.clone(), source.clone());
    Engine {
        version: "0.9.0",
        cases: vec![
            ("render", Box::new(move || template.render_data_to_string(&root).unwrap())),
            ("compile", Box::new(move || {
                std::hint::black_box(compile(&again.0, &again.1));
                String::new()
            })),
            ("cold", Box::new(move || compile(&dir, &source).render_data_to_string(&values(&json)).unwrap())),
        ],
    }
}
