/* SPDX-License-Identifier: ISC */
/* The terminal: standard output and input as a console.
 *
 * The descriptors stay as the shell gave them, blocking, since others share them: a write of no more
 * than the host promises to take at once is made only when poll(2) says that there is room.  A
 * terminal promises nothing, so that one is opened once more, for us alone. */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include "mir/console.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "unix/priv.h"
#include "unix/unix.h"

#define OUT_SIZE	(64 * 1024)	/* Bytes that wait for a slow reader. */
#define IN_SIZE		1024
/* Not watched again until somebody read, not even for the writer's end: nobody may be interested. */
#define INPUT		(EPOLLIN | EPOLLONESHOT)
#define LAST_WORDS	1000		/* ms that a reader has for the last words. */

static struct {
	struct mir_console console;	/* First. */
	struct unix_watch in_watch, out_watch;
	bool out_watched, out_waits, in_watched, in_ready;
	char in[IN_SIZE], out[OUT_SIZE];
	size_t in_at, in_len, out_len;
} terminal = { .in_watch = { .fd = STDIN_FILENO } };

static uint64_t dropped;
MIR_COUNTER(console_dropped, &dropped, "bytes that standard output did not take in time");

static bool
room_within(int ms)
{
	struct pollfd p = { .fd = terminal.out_watch.fd, .events = POLLOUT };

	return poll(&p, 1, ms) > 0 && !(p.revents & (POLLERR | POLLNVAL));
}

static void
drain(int ms)
{
	ssize_t n;

	while (terminal.out_len && room_within(ms)) {
		n = write(terminal.out_watch.fd, terminal.out,
			  terminal.out_len < PIPE_BUF ? terminal.out_len : PIPE_BUF);
		if (n <= 0)
			break;
		terminal.out_len -= (size_t)n;
		memmove(terminal.out, terminal.out + n, terminal.out_len);
	}
}

/* Has the loop woken when there is room, only while something waits for that. */
static void
watch_output(void)
{
	bool wants = terminal.out_len > 0;

	if (wants == terminal.out_waits || !terminal.out_watched)
		return;
	terminal.out_waits = wants;
	unix_rewatch(&terminal.out_watch, wants ? EPOLLOUT : 0);
}

static void
output_ready(struct unix_watch *w, uint32_t events)
{
	if (events & (EPOLLERR | EPOLLHUP)) {	/* The reader is gone. */
		unix_unwatch(w);
		terminal.out_watched = false;
		return;
	}
	drain(0);
	watch_output();
}

static void
console_write(struct mir_console *c, const char *text, size_t len)
{
	size_t room = OUT_SIZE - terminal.out_len;

	(void)c;
	if (len > room) {
		drain(0);
		room = OUT_SIZE - terminal.out_len;
	}
	if (len > room) {
		dropped += len - room;
		len = room;
	}
	memcpy(terminal.out + terminal.out_len, text, len);
	terminal.out_len += len;
	drain(0);
	watch_output();
}

static void
fill_input(void)
{
	ssize_t n;

	if (terminal.in_len || !terminal.in_ready)
		return;
	n = read(STDIN_FILENO, terminal.in, IN_SIZE);
	terminal.in_ready = n > 0 && !terminal.in_watched;
	if (n <= 0) {			/* The end of input, or not ours to read. */
		if (terminal.in_watched)
			unix_unwatch(&terminal.in_watch);
		return;
	}
	if (terminal.in_watched)
		unix_rewatch(&terminal.in_watch, INPUT);
	terminal.in_at = 0;
	terminal.in_len = (size_t)n;
}

static size_t
console_read(struct mir_console *c, char *text, size_t len)
{
	(void)c;
	fill_input();
	if (len > terminal.in_len)
		len = terminal.in_len;
	memcpy(text, terminal.in + terminal.in_at, len);
	terminal.in_at += len;
	terminal.in_len -= len;
	return len;
}

static void
input_ready(struct unix_watch *w, uint32_t events)
{
	(void)w;
	(void)events;
	terminal.in_ready = true;
	mir_wake(&mir_console_input);
}

static void
console_flush(struct mir_console *c)
{
	(void)c;
	drain(LAST_WORDS);
}

static const struct mir_console_ops ops = {
	.name = "terminal", .write = console_write, .read = console_read, .flush = console_flush,
};

static int
open_output(void)
{
	int own = isatty(STDOUT_FILENO) ?
	    open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;

	return own < 0 ? STDOUT_FILENO : own;
}

void
unix_console_open(void)
{
	terminal.console.ops = &ops;
	terminal.in_watch.ready = input_ready;
	terminal.out_watch.ready = output_ready;
	terminal.out_watch.fd = open_output();
	terminal.in_watched = unix_watch(&terminal.in_watch, INPUT) == MIR_OK;
	terminal.in_ready = !terminal.in_watched;	/* A file: can always be read. */
	terminal.out_watched = unix_watch(&terminal.out_watch, 0) == MIR_OK;
	mir_console_register(&terminal.console);
}
