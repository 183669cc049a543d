/* SPDX-License-Identifier: ISC */
/* sources: net/http/conn.c net/http/answer.c net/http/content.c net/http/request.c net/http/field.c */
/* sources: net/http/chars.c net/http/text.c */
/* sources: net/http/target.c net/http/date.c */
/* sources: net/http/select.c net/http/body.c net/http/response.c net/http/files.c net/http/log.c */
/* sources: net/http/session.c test/unit/net/http/site.c test/unit/net/http/wire.c */
/* The server on a stack in memory: its tasks, its limits, its patience. */
#include <stdlib.h>
#include "mir/err.h"
#include "net/http/session.h"
#include "test/unit/harness.h"
#include "test/unit/net/http/site.h"
#include "test/unit/net/http/wire.h"

#define MOMENT	MIR_MS(1)
#define LIMIT	256
#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static struct client clients[LIMIT + 1];
static int served;

static void
serve(void *arg)
{
	served = http_serve(arg, &wire_stack, 80);
}

static void
begin(void)
{
	static struct http_files files;
	static struct http_server server;

	http_sessions.limit = LIMIT;
	http_files_init(&files, site_open(), NULL);
	server = (struct http_server){ .handler = &files.handler };
	mir_spawn("server", serve, &server);
	test_run_for(MOMENT);
}

/* Everybody's end: the server has to let go of all by itself. */
static void
end(void)
{
	wire_stop();
	test_run_for(http_limits.idle + MIR_SEC(70));
	CHECK_EQ(served, MIR_EGONE);
}

static int
status_of(const struct client *c)
{
	return strncmp(c->reply, "HTTP/1.1 ", 9) == 0 ? atoi(c->reply + 9) : 0;
}

TEST(a_kept_connection_ends_after_its_time)
{
	struct client *c = clients;

	begin();
	wire_connect(c);
	wire_say(c, GET("/"));
	test_run_for(MOMENT);
	CHECK_EQ(status_of(c), 200);
	test_run_for(http_limits.idle - MIR_SEC(1));
	CHECK(!c->shut);
	test_run_for(MIR_SEC(1));
	CHECK(c->shut);
	test_run_for(MIR_SEC(5));
	CHECK(c->closed);
	end();
}

TEST(silence_from_the_start_is_cut_off)
{
	begin();
	wire_connect(clients);
	test_run_for(http_limits.head + MIR_SEC(5));
	CHECK(!clients->closed);
	test_run_for(http_limits.idle);
	CHECK(clients->closed);
	CHECK_EQ(clients->reply_len, 0);
	end();
}

TEST(a_byte_now_and_then_is_cut_off)
{
	static const char *const bytes[] = { "G", "E", "T", " ", "/" };
	struct client *c = clients;
	mir_ns start;

	begin();
	wire_connect(c);
	start = test_now;
	for (unsigned i = 0; !c->shut && i < 100; i++) {
		wire_say(c, bytes[i % 5]);
		test_run_for(MIR_SEC(3));
	}
	CHECK_EQ(status_of(c), 408);
	CHECK(test_now - start < http_limits.head + MIR_SEC(6));
	end();
}

TEST(a_client_that_takes_nothing_is_reset)
{
	begin();
	wire_connect(clients);
	clients->stalled = true;
	wire_say(clients, GET("/big.bin"));
	test_run_for(http_limits.send + MIR_SEC(1));
	CHECK(clients->aborted);
	end();
}

/* RFC 9112 9.6: what comes behind an error is read for a while, so that the error arrives. */
TEST(an_error_lingers)
{
	struct client *c = clients;

	begin();
	wire_connect(c);
	wire_say(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
	test_run_for(MOMENT);
	CHECK_EQ(status_of(c), 413);
	CHECK(c->shut && !c->closed);
	wire_say(c, "more of what nobody wants");
	test_run_for(MOMENT);
	CHECK(!c->closed && !c->sent);
	wire_end(c);
	test_run_for(MOMENT);
	CHECK(c->closed && !c->aborted);
	end();
}

TEST(the_peers_reset_ends_a_session)
{
	begin();
	wire_connect(clients);
	wire_say(clients, "GET");
	test_run_for(MOMENT);
	clients->reset = true;
	mir_wake(&clients->flow.readable);
	test_run_for(MOMENT);
	CHECK(clients->aborted);
	end();
}

TEST(at_the_limit_who_waited_longest_makes_room)
{
	begin();
	for (unsigned i = 0; i < LIMIT; i++)
		wire_connect(&clients[i]);
	test_run_for(MOMENT);
	wire_say(&clients[0], GET("/"));
	test_run_for(MOMENT);
	wire_say(&clients[1], "GET / HT");
	test_run_for(MOMENT);
	wire_connect(&clients[LIMIT]);
	wire_say(&clients[LIMIT], GET("/docs/"));
	test_run_for(MOMENT);
	CHECK_EQ(status_of(&clients[LIMIT]), 200);
	CHECK(clients[1].aborted && !clients[0].aborted && !clients[2].aborted);
	end();
}

TEST(with_little_memory_left_who_waited_longest_makes_room)
{
	size_t left;

	begin();
	wire_connect(&clients[0]);
	wire_connect(&clients[1]);
	test_run_for(MOMENT);
	left = test_pages_left;
	test_pages_left = 20;
	wire_connect(&clients[2]);
	wire_say(&clients[2], GET("/"));
	test_run_for(MOMENT);
	CHECK_EQ(status_of(&clients[2]), 200);
	CHECK(clients[0].aborted && !clients[1].aborted);
	test_pages_left += left - 20;
	end();
}

TEST(at_the_limit_the_busy_stay)
{
	begin();
	for (unsigned i = 0; i < LIMIT; i++) {
		wire_connect(&clients[i]);
		clients[i].stalled = true;
		wire_say(&clients[i], GET("/big.bin"));
	}
	test_run_for(MOMENT);
	wire_connect(&clients[LIMIT]);
	test_run_for(MOMENT);
	CHECK(clients[LIMIT].aborted && !clients[0].aborted);
	end();
}
