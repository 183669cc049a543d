/* SPDX-License-Identifier: ISC */
/* sources: net/http/conn.c net/http/answer.c net/http/content.c net/http/request.c net/http/field.c */
/* sources: net/http/chars.c net/http/text.c */
/* sources: net/http/target.c net/http/date.c net/http/select.c net/http/body.c net/http/response.c */
/* sources: net/http/log.c net/http/session.c net/http/serve.c test/unit/net/http/wire.c */
/* A handler that blocks: who is served meanwhile, how many at a time, and patience. */
#include <stdlib.h>
#include "mir/err.h"
#include "net/http/session.h"
#include "test/unit/harness.h"
#include "test/unit/net/http/wire.h"

#define MOMENT	MIR_MS(1)
#define COUNT	(CONFIG_HTTP_WORKERS + 8)
#define PUT	"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"
#define GET	"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

static struct client clients[COUNT];
static int served;
static mir_ns takes;			/* What a PUT takes. */
static unsigned inside, most, done;

static void
serve(void *arg)
{
	served = http_serve(arg, &wire_stack, 80);
}

static void
handle(struct mir_http_handler *h, const struct mir_http_request *r, struct mir_http_response *out)
{
	(void)h;
	if (r->method == MIR_HTTP_PUT) {
		if (++inside > most)
			most = inside;
		mir_sleep(takes);
		inside--;
		done++;
	}
	out->status = 204;
}

static void
begin(mir_ns how_long)
{
	static struct mir_http_handler handler = {
		.methods = 1 << MIR_HTTP_PUT, .blocks = true, .handle = handle };
	static struct http_server server = { .handler = &handler };

	takes = how_long;
	inside = most = done = 0;
	mir_spawn("server", serve, &server);
	test_run_for(MOMENT);
}

static void
end(void)
{
	wire_stop();
	test_run_for(http_limits.idle + MIR_SEC(70));
	CHECK_EQ(served, MIR_EGONE);
}

static void
ask(struct client *c, const char *text)
{
	wire_connect(c);
	wire_say(c, text);
}

TEST(others_are_served_meanwhile)
{
	begin(MIR_SEC(5));
	ask(&clients[0], PUT);
	test_run_for(MOMENT);
	CHECK_EQ(inside, 1);
	ask(&clients[1], GET);
	test_run_for(MOMENT);
	CHECK(clients[1].reply_len > 0);
	CHECK_EQ(clients[0].reply_len, 0);
	test_run_for(MIR_SEC(5));
	CHECK(clients[0].reply_len > 0);
	end();
}

TEST(so_many_at_a_time_and_the_rest_in_turn)
{
	begin(MIR_SEC(5));
	for (unsigned i = 0; i < COUNT; i++)
		ask(&clients[i], PUT);
	test_run_for(MOMENT);
	CHECK_EQ(inside, CONFIG_HTTP_WORKERS);
	test_run_for(MIR_SEC(5));
	CHECK_EQ(done, CONFIG_HTTP_WORKERS);
	test_run_for(MIR_SEC(5));
	CHECK_EQ(done, COUNT);
	for (unsigned i = 0; i < COUNT; i++)
		CHECK(clients[i].reply_len > 0);
	end();
}

/* The client's time is for what the client does. */
TEST(an_answer_that_took_long_is_no_timeout)
{
	begin(http_limits.body + MIR_SEC(20));
	ask(&clients[0], PUT);
	test_run_for(takes + MOMENT);
	CHECK(clients[0].reply_len > 0);
	wire_say(&clients[0], GET GET);
	test_run_for(MOMENT);
	CHECK(!clients[0].shut && !strstr(clients[0].reply, "408"));
	end();
}

TEST(a_client_that_leaves_meanwhile_is_noticed)
{
	begin(MIR_SEC(5));
	ask(&clients[0], PUT);
	test_run_for(MOMENT);
	clients[0].reset = true;
	mir_wake(&clients[0].flow.readable);
	test_run_for(MIR_SEC(6));
	CHECK_EQ(done, 1);
	CHECK(clients[0].aborted);
	end();
}
