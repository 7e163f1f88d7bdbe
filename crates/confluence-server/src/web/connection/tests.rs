use std::sync::Arc;

use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::accept;

#[tokio::test]
async fn accepted_connections_send_without_delay() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, _peer, _place) = accept(&listener, &Arc::new(Semaphore::new(1))).await;
    assert!(stream.nodelay().unwrap());
}
