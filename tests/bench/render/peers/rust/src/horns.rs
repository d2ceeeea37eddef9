//! ramhorns: its values are typed structures, and its templates know no dots. `{{a.b}}` is written `{{a b}}` there, and
//! `{{/a.b}}` is `{{/b a}}`.

use crate::{read, Engine};
use ramhorns::{Content, Ramhorns};
use serde::Deserialize;

macro_rules! structures {
    ($($name:ident { $($(#[$a:meta])* $field:ident: $type:ty),* $(,)? })*) => {
        $(#[derive(Content, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[ramhorns(rename_all = "camelCase")]
        struct $name { $($(#[$a])* $field: $type),* })*
    };
}

structures! {
    Release { name: String, namespace: String, service: String }
    Chart { name: String, version: String, app_version: String }
    Pair { key: String, value: String }
    Annotations { present: bool, items: Vec<Pair> }
    Autoscaling { enabled: bool }
    Rolling { max_surge: String, max_unavailable: u32 }
    Strategy { #[serde(rename = "type")] #[ramhorns(rename = "type")] kind: String, rolling: Rolling }
    Named { name: String }
    Security { run_as_non_root: bool, run_as_user: u32, fs_group: u32 }
    Image { registry: String, repository: String, tag: String, pull_policy: String }
    Args { present: bool, items: Vec<Arg> }
    Port { name: String, container_port: u32, port: u32, protocol: String, host_port: Option<u32> }
    Env { name: String, value: Option<String>, secret: Option<bool>, secret_name: Option<String>,
        secret_key: Option<String> }
    Liveness { path: String, port: String, delay: u32 }
    Readiness { path: String, port: String, period: u32 }
    Probes { liveness: Liveness, readiness: Readiness }
    Amount { cpu: Option<String>, memory: String }
    Resources { requests: Amount, limits: Amount }
    Persistence { enabled: bool, mount_path: String }
    Selector { os: String }
    Service { #[serde(rename = "type")] #[ramhorns(rename = "type")] kind: String }
    Config { log_level: String }
    Cluster { name: String, region: String, domain: String }
    Values { release: Release, chart: Chart, annotations: Annotations, autoscaling: Autoscaling, replica_count: u32,
        revision_history_limit: u32, strategy: Strategy, service_account: Named, image_pull_secrets: Option<Named>,
        host_network: bool, security_context: Security, image: Image, args: Args, ports: Vec<Port>, env: Vec<Env>,
        probes: Option<Probes>, resources: Resources, persistence: Persistence, node_selector: Option<Selector>,
        service: Service, config: Config, cluster: Cluster }
}

/// An item that is a text: found as `{{.}}`.
#[derive(Content, Deserialize)]
#[serde(transparent)]
struct Arg {
    #[ramhorns(rename = ".")]
    text: String,
}

fn without_dots(source: &str) -> String {
    let mut out = String::new();
    for (i, part) in source.split("{{").enumerate() {
        if i == 0 {
            out.push_str(part);
            continue;
        }
        let (tag, text) = part.split_once("}}").unwrap();
        let sigil = tag.chars().next().filter(|c| "#^/>!".contains(*c));
        let name = &tag[sigil.map_or(0, char::len_utf8)..];
        let mut names: Vec<_> = name.split('.').collect();
        if sigil == Some('/') {
            names.reverse();
        }
        let name = if name == "." { name.into() } else { names.join(" ") };
        let sigil = sigil.map_or(String::new(), String::from);
        out.push_str(&format!("{{{{{sigil}{name}}}}}{text}"));
    }
    out
}

fn compile(dir: &str, sources: &[(&'static str, String)]) -> Ramhorns {
    let mut set = Ramhorns::lazy(dir).unwrap();
    for (name, source) in sources {
        set.insert(source.clone(), *name).unwrap();
    }
    set
}

fn render(set: &Ramhorns, values: &Values) -> String {
    set.get("deployment").unwrap().render(values)
}

pub fn engine(data: &str) -> Engine {
    let json = read(format!("{data}/values.json"));
    let source = |name, path| (name, without_dots(&read(format!("{data}/{path}.mustache"))));
    let sources = [
        source("labels", "partials/labels"),
        source("probes", "partials/probes"),
        source("resources", "partials/resources"),
        source("deployment", "deployment"),
    ];
    let dir = data.to_string();
    let set = compile(&dir, &sources);
    let values: Values = serde_json::from_str(&json).unwrap();
    let again = (dir.clone(), sources.clone());
    Engine {
        version: "1.0.1",
        cases: vec![
            ("render", Box::new(move || render(&set, &values))),
            ("compile", Box::new(move || {
                std::hint::black_box(compile(&again.0, &again.1));
                String::new()
            })),
            ("cold", Box::new(move || render(&compile(&dir, &sources), &serde_json::from_str(&json).unwrap()))),
        ],
    }
}
