//! The server answers, and is gone afterwards.

use super::Server;

#[test]
fn a_postgres_server_answers_and_leaves_nothing_behind() {
    let Some(server) = Server::start().unwrap() else { return };
    let folder = server.folder.clone();
    let [one, two] = [(); 2].map(|()| server.database().unwrap());
    server.run_sql(&one, "CREATE TABLE a (b INT); INSERT INTO a VALUES (7)").unwrap();
    assert_eq!(server.run_sql(&one, "SELECT b FROM a").unwrap(), "7\n");
    assert!(server.dump(&one).unwrap().contains("INSERT INTO public.a VALUES (7)"));
    assert!(server.run_sql(&two, "SELECT b FROM a").is_err(), "databases are separate");
    drop(server);
    assert!(!folder.exists());
}
