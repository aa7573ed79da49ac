//! The floor of any HTTP answer here: actix reads JSON, writes it back.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use actix_web::{App, HttpResponse, HttpServer, web};

/// The echo, in a process of its own, as the registry is.
pub struct Echo {
    /// `127.0.0.1:<port>`
    pub address: String,
    child: Child,
}

impl Echo {
    /// Starts it.
    pub fn start() -> Echo {
        let this = std::env::current_exe().unwrap();
        let mut child = Command::new(this).arg("echo-server").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Echo { address: line.trim().to_owned(), child }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until killed.
pub fn serve() {
    let echo = |body: web::Json<serde_json::Value>| async move { HttpResponse::Ok().json(body.into_inner()) };
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || App::new().route("/echo", web::post().to(echo))).bind("127.0.0.1:0").unwrap();
        println!("{}", server.addrs()[0]);
        server.run().await.unwrap();
    });
}
