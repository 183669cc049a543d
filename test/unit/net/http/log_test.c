/* SPDX-License-Identifier: ISC */
/* sources: net/http/date.c */
/* The line that the access log has of a request. */
#include "mir/console.h"
#include "net/http/http.h"
#include "test/unit/harness.h"

static char line[256];

struct mir_waitq mir_console_input;

void
mir_console_write(const char *text, size_t len)
{
	size_t have = strlen(line);

	if (CHECK(have + len < sizeof line))
		memcpy(line + have, text, len);
}

void
mir_console_flush(void)
{
}

static mir_ns
wall(void)
{
	return MIR_SEC(784111777);
}

static struct mir_http_text
text(const char *p)
{
	return (struct mir_http_text){ p, strlen(p) };
}

static struct mir_addr peer = { .bytes = { [10] = 0xff, 0xff, 192, 0, 2, 7 } };

static const char *
log_of(const char *method, const char *path, mir_ns (*clock)(void))
{
	struct http_server server = { .wall = clock };
	struct http_conn c = { .server = &server, .peer = peer, .left = 5000000000 };

	c.request.name = text(method);
	c.request.path = text(path);
	c.request.minor = 1;
	c.response.status = 206;
	memset(line, 0, sizeof line);
	http_log(&c);
	return line;
}

TEST(common_log_format)
{
	CHECK_STR(log_of("GET", "docs/index.html", wall),
		  "192.0.2.7 - - [06/Nov/1994:08:49:37 +0000] "
		  "\"GET /docs/index.html HTTP/1.1\" 206 5000000000\n");
}

TEST(an_ipv6_client_is_told_so)
{
	const struct mir_addr before = peer;

	peer = (struct mir_addr){ .bytes = { 0xfd, [15] = 7 } };
	CHECK(strstr(log_of("GET", "", wall), "fd00::7 - - [") != NULL);
	peer = before;
}

TEST(without_a_clock_it_is_1970)
{
	CHECK(strstr(log_of("GET", "", NULL), "[01/Jan/1970:00:00:00 +0000] \"GET / ") != NULL);
}

TEST(what_could_not_be_read_has_no_method)
{
	CHECK(strstr(log_of("", "", wall), "\"- / HTTP/1.1\"") != NULL);
}

/* No escape sequences for the terminal, no quote that ends the field early, no second line. */
TEST(only_printable_characters)
{
	CHECK(strstr(log_of("G\"T", "a\x1b[2J\r\nb\"c\x7f\xc3\xa4", wall),
		     "\"G.T /a.[2J..b.c... HTTP/1.1\"") != NULL);
}

TEST(long_texts_are_cut)
{
	static char path[300];

	memset(path, 'p', sizeof path - 1);
	log_of("ABCDEFGHIJKLMNOP", path, wall);
	CHECK(strstr(line, "\"ABCDEFGHIJK /ppp") != NULL);
	CHECK(strstr(line, "p HTTP/1.1\" 206") != NULL);
	CHECK_EQ(strspn(strchr(line, 'p'), "p"), 119);
}
