//! Embeds the site anew when it was built anew: new files are not noticed otherwise.

fn main() {
    println!("cargo::rerun-if-changed=../target/site");
}
