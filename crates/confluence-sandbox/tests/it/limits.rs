//! Rate limits.

use std::time::Duration;

use confluence_sandbox::{Burst, Quota, RateLimits};
use reqwest::Method;

use crate::support::{Reply, Site, send};

async fn as_app(site: &Site, method: Method, path: &str) -> Reply {
    let token = site.sandbox.credentials().access_token.clone();
    let url = format!("{}{path}", site.sandbox.gateway_url());
    send(site.anonymous(method, &url).bearer_auth(token)).await
}

fn quota(points: u64, enforced: bool) -> RateLimits {
    RateLimits { quota: Some(Quota { points, enforced }), burst: None }
}

#[tokio::test]
async fn an_exhausted_quota_says_when_it_is_filled_again() {
    // The clock stands at 10:20:30.456: the hour ends 39 minutes and 29.544 seconds later.
    let site = Site::with(|it| it.rate_limits(quota(3, true))).await;
    as_app(&site, Method::GET, "/wiki/api/v2/pages/1").await.expect(404);
    as_app(&site, Method::GET, "/wiki/api/v2/spaces").await.expect(200);
    let refused = as_app(&site, Method::GET, "/wiki/api/v2/spaces").await.expect(429);
    assert_eq!(refused.header("retry-after"), Some("2370"));
    assert_eq!(refused.header("x-ratelimit-limit"), Some("3"));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(refused.header("x-ratelimit-reset"), Some("2026-11-02T11:00:00.000Z"));
    assert_eq!(refused.header("x-ratelimit-nearlimit"), Some("true"));
    assert_eq!(refused.header("ratelimit-reason"), Some("confluence-quota-global-based"));
    site.clock.advance(Duration::from_secs(2370));
    as_app(&site, Method::GET, "/wiki/api/v2/spaces").await.expect(200);
}

#[tokio::test]
async fn objects_cost_points_people_two_and_writes_one() {
    let site = Site::with(|it| it.space("TWO", "Second").rate_limits(quota(1000, true))).await;
    let left =
        |reply: &Reply| -> u64 { reply.header("x-ratelimit-remaining").unwrap().parse().unwrap() };
    let reply = as_app(&site, Method::GET, "/wiki/api/v2/spaces").await.expect(200);
    assert_eq!(left(&reply), 997, "one and two spaces");
    let reply = as_app(&site, Method::GET, "/wiki/rest/api/user/current").await.expect(200);
    assert_eq!(left(&reply), 994, "one and a person");
    let reply = as_app(&site, Method::DELETE, "/wiki/api/v2/pages/1").await.expect(404);
    assert_eq!(left(&reply), 993);
    assert_eq!(reply.header("x-ratelimit-nearlimit"), None);
    assert_eq!(reply.header("ratelimit-policy"), Some("\"global-app-quota\";q=1000;w=3600"));
    assert_eq!(reply.header("ratelimit"), Some("\"global-app-quota\";t=2370"));
}

#[tokio::test]
async fn a_quota_that_is_not_enforced_only_warns() {
    let site = Site::with(|it| it.rate_limits(quota(4, false))).await;
    for _ in 0..3 {
        as_app(&site, Method::GET, "/wiki/api/v2/spaces").await.expect(200);
    }
    let reply = as_app(&site, Method::GET, "/wiki/api/v2/spaces").await.expect(200);
    assert_eq!(reply.header("x-ratelimit-nearlimit"), Some("true"));
    assert_eq!(reply.header("beta-ratelimit-policy"), Some("\"global-app-quota\";q=4;w=3600"));
    assert_eq!(reply.header("beta-ratelimit"), Some("\"global-app-quota\";r=0;t=2370"));
    assert_eq!(reply.header("ratelimit"), None);
}

#[tokio::test]
async fn api_tokens_pay_no_points_but_feel_bursts() {
    let site = Site::with(|it| it.rate_limits(quota(1, true))).await;
    for _ in 0..3 {
        let reply = site.get("/wiki/api/v2/spaces").await.expect(200);
        assert_eq!(reply.header("x-ratelimit-limit"), None);
    }
    let burst = Some(Burst { requests: 2, per: Duration::from_secs(10) });
    site.sandbox.set_rate_limits(RateLimits { quota: None, burst });
    site.get("/wiki/api/v2/spaces").await.expect(200);
    site.get("/wiki/api/v2/spaces").await.expect(200);
    let refused = site.get("/wiki/api/v2/spaces").await.expect(429);
    assert_eq!(refused.header("retry-after"), Some("10"));
    assert_eq!(refused.header("ratelimit-reason"), Some("confluence-burst-based"));
    site.clock.advance(Duration::from_secs(10));
    site.get("/wiki/api/v2/spaces").await.expect(200);
    site.sandbox.set_rate_limits(RateLimits::default());
    for _ in 0..5 {
        site.get("/wiki/api/v2/spaces").await.expect(200);
    }
}
