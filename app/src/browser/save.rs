//! Files that the page makes itself.

use leptos::prelude::document;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, HtmlImageElement};

/// Pixels of a PNG for each of the picture, so that it is sharp on paper.
const SCALE: u32 = 2;

/// Has the browser save a text as a file.
pub fn save(name: &str, kind: &str, text: &str) {
    let _ = fetch(name, &address(kind, text));
}

/// Has the browser save what is at an address of this place, under the name that the server gives it: it goes into the file piece by piece.
pub fn from(address: &str) {
    let _ = fetch("", address);
}

/// Has the browser save an SVG picture as pixels; where it cannot be drawn, nothing is saved.
pub fn as_png(name: String, svg: &str) {
    let address = address("image/svg+xml", svg);
    spawn_local(async move {
        let _ = drawn(&name, &address).await;
    });
}

async fn drawn(name: &str, address: &str) -> Result<(), JsValue> {
    let image = HtmlImageElement::new()?;
    image.set_src(address);
    JsFuture::from(image.decode()).await?;
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    canvas.set_width(image.natural_width() * SCALE);
    canvas.set_height(image.natural_height() * SCALE);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.unchecked_into::<CanvasRenderingContext2d>();
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, canvas.width().into(), canvas.height().into())?;
    fetch(name, &canvas.to_data_url()?)
}

fn address(kind: &str, text: &str) -> String {
    format!("data:{kind};charset=utf-8,{}", String::from(js_sys::encode_uri_component(text)))
}

fn fetch(name: &str, address: &str) -> Result<(), JsValue> {
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(address);
    link.set_download(name);
    link.click();
    Ok(())
}
