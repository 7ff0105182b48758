//! What the OpenAPI document says of the reports: their parameters, rows and events, as they are declared.

use crate::index::PAGE_BYTES;
use crate::store::query::Step;
use serde_json::{Map, Value, json};
use vigia_app::behavior::Show;
use vigia_app::behavior::changes::Of;
use vigia_app::model::filter::Operator;
use vigia_app::model::{Column, Export, ExportFormat, Kind, Preset, Query, Report, Separator};
use vigia_app::reports::{ALL, PASSWORD_OPERATION, PASSWORD_VIEW};
use vigia_app::story::TIMELINE;

/// Stands in the address of an endpoint for a report's key.
pub(super) const PLACE: &str = "{report}";
/// The addresses that are asked as the dashboard is begin with this.
pub(super) const DASHBOARD: &str = "/api/v1/dashboards/behavior";
pub(super) const CHANGES: &str = "/api/v1/dashboards/password-changes";
pub(super) const TIMELINE_PATH: &str = "/api/v1/timeline";
pub(super) const PROFILE: &str = "/api/v1/profile";
pub(super) const STANDING: &str = "/api/v1/backups/standing";
/// Schemas of what is the same for every report; each report has its own, more exact ones instead.
pub(super) const PARTS: [&str; 2] = [PAGE, EVENT];
const PAGE: &str = "ReportPage";
const EVENT: &str = "ReportEvent";

/// Hands on what an endpoint about any report is for each, and adds the schemas of its rows or events.
pub(super) fn each(path: &str, general: &Value, schemas: &mut Map<String, Value>, mut add: impl FnMut(String, Value)) {
    for report in ALL {
        let name: String = report.words.title.english().split(' ').map(capitalised).collect();
        schemas.insert(format!("{name}Fields"), fields(report));
        let mut operation = general.clone();
        match path.split_once(PLACE).map(|(_, rest)| rest) {
            Some("") => answers(&mut operation, &page_of, report, &name, schemas),
            Some("/{id}") => answers(&mut operation, &event_of, report, &name, schemas),
            Some("/export") => export_of(report, &mut operation),
            Some(rest) if rest.contains("/average/") && numbers(report).next().is_none() => continue,
            Some(rest) => about_of(report, rest, &mut operation),
            None => {}
        }
        add(path.replace(PLACE, report.key), operation);
    }
}

type Describe = dyn Fn(&'static Report, &str, &mut Value, &mut Map<String, Value>) -> String;

/// Says what an operation answers with: what `describe` names.
fn answers(operation: &mut Value, describe: &Describe, report: &'static Report, name: &str, schemas: &mut Map<String, Value>) {
    let answer = describe(report, name, operation, schemas);
    operation["responses"]["200"]["content"]["application/json"]["schema"] = schema(&answer);
}

/// The report as a file.
fn export_of(report: &'static Report, operation: &mut Value) {
    operation["operationId"] = json!(format!("export_{}", report.table));
    operation["summary"] = json!(format!("{}: as a file", report.words.title.english()));
    let own = [
        json!({
            "name": "format", "in": "query", "required": true, "description": "What the file is written in.",
            "schema": one_of(ExportFormat::ALL.map(ExportFormat::name)),
        }),
        json!({
            "name": "separator", "in": "query", "description": "What stands between the cells of a CSV file.",
            "schema": { "type": "string", "enum": Separator::ALL.map(Separator::name), "default": Separator::default().name() },
        }),
        json!({
            "name": "bom", "in": "query", "description": "Whether a CSV file begins with U+FEFF, by which Excel knows that it is UTF-8.",
            "schema": { "type": "string", "enum": ["yes", "no"], "default": "no" },
        }),
        json!({
            "name": "ticket", "in": "query", "description": "What you call this export, to ask the page's server functions how far it is.",
            "schema": { "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": Export::TICKET.start(), "maxLength": Export::TICKET.end() },
        }),
    ];
    let rows = parameters(report)
        .into_iter()
        .filter(|one| !["limit", "cursor"].iter().any(|page| one["$ref"] == format!("#/components/parameters/{page}")));
    operation["parameters"] = own.into_iter().chain(rows).collect();
}

/// What counts rows: `/values/{column}`, `/groups/{by}`, or `/histogram/{step}`.
fn about_of(report: &'static Report, rest: &str, operation: &mut Value) {
    let (places, words): (Vec<&str>, Vec<&str>) = rest.split('/').filter(|part| !part.is_empty()).partition(|part| part.starts_with('{'));
    let kind = words.join("_");
    operation["operationId"] = json!(format!("read_{}_{kind}", report.table));
    operation["summary"] = json!(format!("{}: {}", report.words.title.english(), text(&operation["summary"]).to_lowercase()));
    let places = places.into_iter().map(|place| match place {
        "{by}" => place_of("by", "A column, or two with a comma between.", &one_or_two(report)),
        "{step}" => place_of("step", "How long a span is.", &one_of(Step::ALL.map(|(name, _)| name))),
        _ if kind == "values" => place_of("column", "A column.", &one_of(report.stored().map(|column| column.key))),
        _ => place_of("column", "A column of numbers.", &one_of(numbers(report))),
    });
    let limit = if kind == "histogram" { None } else { Some("limit") };
    let shared = shared(["q", "time", "from", "to", "zone"].into_iter().chain(limit));
    operation["parameters"] = places.chain(shared).chain(narrowing(report)).collect();
}

/// The columns that have an average.
fn numbers(report: &'static Report) -> impl Iterator<Item = &'static str> {
    report.stored().filter(|column| column.kind.is_number()).map(|column| column.key)
}

/// A column of the report, or two of them.
fn one_or_two(report: &'static Report) -> Value {
    let columns = report.stored().map(|column| column.key).collect::<Vec<_>>().join("|");
    json!({ "type": "string", "pattern": format!("^({columns})(,({columns}))?$") })
}

/// A part of an address that is filled in.
fn place_of(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}

fn one_of(words: impl IntoIterator<Item = &'static str>) -> Value {
    json!({ "type": "string", "enum": words.into_iter().collect::<Vec<_>>() })
}

fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn page_of(report: &'static Report, name: &str, operation: &mut Value, schemas: &mut Map<String, Value>) -> String {
    operation["operationId"] = json!(format!("read_{}", report.table));
    operation["summary"] = json!(report.words.title.english());
    operation["description"] = json!(format!("{} {}", report.words.purpose.english(), text(&operation["description"])));
    operation["parameters"] = json!(parameters(report));
    let id_alone = json!({ "type": "object", "required": ["id"], "properties": { "id": event_id() } });
    schemas.insert(format!("{name}Row"), json!({ "allOf": [id_alone, schema(&format!("{name}Fields"))] }));
    let mut page = schemas.get(PAGE).cloned().unwrap_or_default();
    page["properties"]["report"] = json!({ "const": report.key });
    page["properties"]["rows"] = json!({ "type": "array", "items": schema(&format!("{name}Row")), "maxItems": Query::MAX_LIMIT });
    let answer = format!("{name}Page");
    schemas.insert(answer.clone(), page);
    answer
}

fn event_of(report: &'static Report, name: &str, operation: &mut Value, schemas: &mut Map<String, Value>) -> String {
    operation["operationId"] = json!(format!("read_{}_event", report.table));
    operation["summary"] = json!(format!("{}: one event, whole", report.words.title.english()));
    operation["parameters"] =
        json!([{ "name": "id", "in": "path", "required": true, "description": "Id of a row.", "schema": event_id() }]);
    let mut event = schemas.get(EVENT).cloned().unwrap_or_default();
    event["properties"]["report"] = json!({ "const": report.key });
    event["properties"]["id"] = event_id();
    event["properties"]["fields"] = schema(&format!("{name}Fields"));
    let answer = format!("{name}Event");
    schemas.insert(answer.clone(), event);
    answer
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn parameters(report: &'static Report) -> Vec<Value> {
    let keys: Vec<_> = report.columns.iter().map(|column| column.key).collect();
    let sorts: Vec<_> = keys.iter().flat_map(|key| [(*key).to_owned(), format!("-{key}")]).collect();
    let shown: Vec<_> = report.shown().map(|column| column.key).collect();
    let own = [
        json!({
            "name": "sort", "in": "query", "description": "A column to sort by; with `-` before it descending.",
            "schema": { "type": "string", "enum": sorts, "default": format!("-{}", report.time) },
        }),
        json!({
            "name": "columns", "in": "query", "description": "The columns to read, separated by commas.", "style": "form", "explode": false,
            "schema": { "type": "array", "items": { "type": "string", "enum": keys }, "uniqueItems": true, "default": shown },
        }),
    ];
    let shared = shared(["q", "time", "from", "to", "zone", "limit", "cursor"].into_iter());
    shared.chain(own).chain(narrowing(report)).collect()
}

/// What the Behavior dashboard is asked with.
pub(super) fn of_dashboard() -> Vec<Value> {
    let own = [
        json!({
            "name": "show", "in": "query", "description": "What is counted: views of passwords, sessions that were started with one, or both.",
            "schema": { "type": "string", "enum": Show::ALL.map(Show::key), "default": Show::default().key() },
        }),
        json!({
            "name": "services", "in": "query", "description": "Whether programs count as well, which view through the API.",
            "schema": { "type": "string", "enum": ["yes", "no"], "default": "no" },
        }),
    ];
    shared(["q", "time", "from", "to", "zone"].into_iter()).chain(own).chain(narrowing(&PASSWORD_VIEW)).collect()
}

/// What the board of password changes is asked with.
pub(super) fn of_changes() -> Vec<Value> {
    let own = json!({
        "name": "show", "in": "query", "description": "Which operations count: those that set a password, or all.",
        "schema": { "type": "string", "enum": Of::ALL.map(Of::key), "default": Of::default().key() },
    });
    shared(["q", "time", "from", "to", "zone"].into_iter()).chain([own]).chain(narrowing(&PASSWORD_OPERATION)).collect()
}

/// What the timeline is asked with.
pub(super) fn of_timeline() -> Vec<Value> {
    let own = [
        json!({
            "name": "sort", "in": "query", "description": "In the order of time: with `-` before it the newest first.",
            "schema": { "type": "string", "enum": ["date", "-date"], "default": "-date" },
        }),
        json!({
            "name": "event", "in": "query", "description": "An event, as the key of its report, `/`, and its id; what `within` is about.",
            "schema": { "type": "string", "pattern": format!("^({})/[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{{13}}$", ALL.map(|report| report.key).join("|")) },
        }),
        json!({
            "name": "within", "in": "query",
            "description": "How long before and after the event, like `15m` or `1h30m`, up to 31 days; in place of a time range.",
            "schema": { "type": "string", "pattern": "^([0-9]+(d|h|m|s|ms))+$" },
        }),
    ];
    shared(["q", "time", "from", "to", "zone", "limit", "cursor"].into_iter()).chain(own).chain(narrowing(&TIMELINE)).collect()
}

/// What a profile is asked with.
pub(super) fn of_profile() -> Vec<Value> {
    let own =
        [("user", "Of whom, by name or by login."), ("device", "Of which device."), ("username", "With a device: of which account on it.")];
    let own = own.map(|(name, description)| {
        json!({ "name": name, "in": "query", "description": description, "schema": { "type": "string", "minLength": 1, "maxLength": Query::MAX_TEXT } })
    });
    own.into_iter().chain(shared(["zone"].into_iter())).collect()
}

/// What a period is asked with.
pub(super) fn of_period() -> Vec<Value> {
    shared(["time", "from", "to", "zone"].into_iter()).collect()
}

/// The parameters that are conditions on columns.
fn narrowing(report: &'static Report) -> impl Iterator<Item = Value> {
    let hour = json!({
        "name": report.time, "in": "query",
        "description": "An hour of the week on the clock of the zone, from `mon-00` to `sun-23`. Repeat it for one of several.",
        "schema": { "type": "array", "items": { "type": "string", "pattern": "^(mon|tue|wed|thu|fri|sat|sun)-([01][0-9]|2[0-3])$" } },
    });
    report.filterable().flat_map(filters).chain([hour])
}

/// Parameters that are described once.
fn shared(names: impl Iterator<Item = &'static str>) -> impl Iterator<Item = Value> {
    names.map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
}

fn filters(column: &'static Column) -> impl Iterator<Item = Value> {
    column.kind.operators().iter().map(move |operator| {
        let meaning = match operator {
            Operator::Is => "Repeat it for one of several values.",
            Operator::Not => "Is not this; repeat it for none of several values. A missing value passes.",
            Operator::Contains => "Contains this text, whatever its case.",
            Operator::Starts => "Starts with this text, whatever its case.",
            Operator::Min => "At least this.",
            Operator::Max => "At most this.",
            Operator::From => "At this instant or later.",
            Operator::To => "Before this instant.",
            Operator::Empty => "`yes`: the value is missing; `no`: it is there.",
        };
        let once = if column.kind == Kind::Flag { "" } else { meaning };
        let description = format!("{} {}", column.help.english(), if *operator == Operator::Is { once } else { meaning });
        json!({
            "name": operator.parameter(column.key), "in": "query", "description": description.trim(),
            "schema": filter_schema(column.kind, *operator),
        })
    })
}

fn filter_schema(kind: Kind, operator: Operator) -> Value {
    let yes_no = json!({ "type": "string", "enum": ["yes", "no"] });
    match operator {
        Operator::Empty => yes_no,
        Operator::Min | Operator::Max if kind == Kind::Duration => {
            json!({ "type": "string", "pattern": "^([0-9]+(d|h|m|s|ms))+$", "examples": ["90s", "1m20s"] })
        }
        Operator::Min | Operator::Max => json!({ "type": "integer", "minimum": 0 }),
        Operator::From | Operator::To => json!({ "type": "string", "examples": ["2026-11-22T14:03:27Z"] }),
        Operator::Is | Operator::Not | Operator::Contains | Operator::Starts => {
            let one = match (operator, kind) {
                (_, Kind::Flag) => return yes_no,
                (_, Kind::Id) => event_id(),
                (_, Kind::Ip) => json!({ "type": "string", "description": "Address or network", "examples": ["10.1.2.3", "10.0.0.0/8"] }),
                (_, Kind::Choice { values, open }) => words(values, open),
                _ => json!({ "type": "string", "minLength": 1, "maxLength": Query::MAX_TEXT }),
            };
            if matches!(operator, Operator::Is | Operator::Not) { json!({ "type": "array", "items": one }) } else { one }
        }
    }
}

/// A closed list is an enum; an open one can only give examples.
fn words(values: &[vigia_app::model::Choice], open: bool) -> Value {
    let names: Vec<_> = values.iter().map(|choice| choice.name).collect();
    if open { json!({ "type": "string", "examples": names }) } else { json!({ "type": "string", "enum": names }) }
}

fn event_id() -> Value {
    json!({ "type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{13}$" })
}

/// The columns of a report but the id: in a row those that were asked for, in an event all.
fn fields(report: &'static Report) -> Value {
    let columns = report.columns.iter().filter(|column| column.kind != Kind::Id);
    json!({ "type": "object", "properties": columns.map(|column| (column.key.to_owned(), value(column))).collect::<Map<_, _>>() })
}

/// The schema of a column's values.
fn value(column: &Column) -> Value {
    let (kind, format) = match column.kind {
        Kind::Id | Kind::Text | Kind::LongText | Kind::Choice { .. } => ("string", None),
        Kind::Time => ("string", Some("date-time")),
        Kind::Number | Kind::Bytes | Kind::Duration => ("integer", Some("int64")),
        Kind::Ip => ("string", Some("ip")),
        Kind::Flag => ("boolean", None),
    };
    let mut schema = json!({ "type": [kind, "null"], "title": column.label.english(), "description": column.meaning() });
    if let Some(format) = format {
        schema["format"] = json!(format);
    }
    schema
}

/// What every report is asked with.
pub(super) fn shared_parameters() -> Value {
    let query = |name: &str, description: String, schema: Value| json!({ "name": name, "in": "query", "description": description, "schema": schema });
    let presets: Vec<_> = Preset::ALL.iter().map(|preset| preset.key()).collect();
    let moment = "`2026-11-22`, `2026-11-22T14:03` or `2026-11-22T14:03:27Z`; without the `Z` on the clock of `zone`";
    let text = json!({ "type": "string", "maxLength": Query::MAX_TEXT });
    json!({
        "q": query("q", "Text that occurs in one of the text columns, whatever its case.".to_owned(), text),
        "time": query("time", "A time range that moves with the clock; instead of `from` and `to`.".to_owned(), json!({ "type": "string", "enum": presets })),
        "from": query("from", format!("First instant: {moment}."), json!({ "type": "string" })),
        "to": query("to", format!("First instant that is no longer in the range: {moment}."), json!({ "type": "string" })),
        "zone": query("zone", "IANA time zone that dates are read in.".to_owned(), json!({ "type": "string", "default": "UTC", "examples": ["America/Sao_Paulo"] })),
        "limit": query(
            "limit",
            format!("Rows a page. One whose texts would have more than {} MiB ends earlier: follow `next`.", PAGE_BYTES >> 20),
            json!({ "type": "integer", "minimum": 1, "maximum": Query::MAX_LIMIT, "default": Query::DEFAULT_LIMIT }),
        ),
        "cursor": query("cursor", "Where the page starts. Do not make one: follow `next` and `previous`.".to_owned(), json!({ "type": "string" })),
    })
}
