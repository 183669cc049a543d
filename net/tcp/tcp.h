/* SPDX-License-Identifier: ISC */
/* net/tcp/tcp.h - the TCP engine: segments and the time in, segments and a deadline out.
 *
 * It does no I/O and reads no clock.  Its owner hands each received segment to tcp_input and
 * calls tcp_poll when tcp_deadline has come; after any other call the deadline may have moved to
 * an earlier time, so ask again once at the end of a batch.  ACKs that may wait for company (the
 * answer of the application in the same turn) are left to tcp_poll, with a deadline of 'now'.
 *
 * Threads:   none; an engine is entered by one caller at a time.  'event' is the last thing that a
 *            call does with a connection: the callback may call the engine again, close included.
 * Ownership: a connection from tcp_connect or tcp_accept is the caller's until tcp_close or
 *            tcp_abort, whatever the peer does meanwhile.
 * Units:     ports and sequence numbers in host order; bytes; nanoseconds.
 * Errors:    0 or a negative enum mir_err. */
#ifndef NET_TCP_TCP_H
#define NET_TCP_TCP_H

#include <stdbool.h>
#include "lib/siphash.h"
#include "lib/wheel.h"
#include "mir/buf.h"
#include "mir/clock.h"
#include "mir/flow.h"
#include "net/tcp/limits.h"
#include "net/tcp/peers.h"
#include "net/tcp/table.h"

struct tcp;
struct tcp_conn;			/* Starts with a struct mir_flow. */
struct tcp_listener;
struct tcp_timewait;

enum tcp_events {
	TCP_READABLE = 1,		/* Data, end of stream, or an error. */
	TCP_WRITABLE = 2,		/* Room, or an error. */
	TCP_CONNECTED = 4,		/* tcp_connect succeeded. */
	TCP_CLOSED = 8,			/* Nothing more will be sent or received. */
	TCP_ACCEPTABLE = 16,		/* 'c' waits for tcp_accept at its listener. */
};

struct tcp_offload {			/* What the way to a destination does for us. */
	uint32_t gso_max;		/* Bytes of payload of the largest segment that may be
					 * handed over whole, to be cut; 0: none is. */
	bool csum;			/* Fills checksums in: MIR_BUF_CSUM_BLANK. */
};

struct tcp_env {
	void *ctx;

	/* Sends a segment; takes 'seg' in any case.  Its first piece starts with the TCP header,
	 * checksum filled in (or blank, and perhaps with gso_size, as 'offload' allows), and has MIR_BUF_HEADROOM bytes of headroom.  May not call the
	 * engine: what goes to ourselves has to wait for the next turn. */
	void (*output)(void *ctx, const struct mir_addr *src, const struct mir_addr *dst,
		       struct mir_buf *seg);

	void (*event)(void *ctx, struct tcp_conn *c, unsigned events);

	/* The largest TCP payload of one packet to 'dst', no options: 1460 on Ethernet, IPv4. */
	uint16_t (*mss)(void *ctx, const struct mir_addr *dst);

	/* Asked when a connection is made and after tcp_mtu_changed.  NULL: nothing is done. */
	struct tcp_offload (*offload)(void *ctx, const struct mir_addr *dst);

	/* For net/tcp/flow.c, the glue to mir/flow.h, only: the time, and a request to look at
	 * tcp_deadline again before the loop sleeps. */
	mir_ns (*now)(void *ctx);
	void (*poke)(void *ctx);
};

struct tcp_limiter {			/* So many events in the running second. */
	mir_ns since;
	unsigned left;
};

struct tcp_link {			/* In a ring around a list's head.  All-zero: in none. */
	struct tcp_link *next, *prev;
};

struct tcp {
	struct tcp_env env;
	uint8_t key[SIPHASH_KEY];
	uint16_t next_port;		/* Ephemeral ports, RFC 6056. */
	unsigned conn_count, conn_limit;
	size_t held_bytes;		/* Memory in the queues of all connections. */
	size_t held_limit;
	unsigned holders;		/* Connections that hold some of it. */
	struct tcp_limiter challenge;
	mir_ns cookie_sent;		/* The last one; 0: never. */
	struct tcp_listener *listeners;
	unsigned timewait_count, timewait_limit;
	struct tcp_timewait *timewait_first, *timewait_last;	/* By expiry. */
	struct tcp_link turn;		/* Connections with something to send when the turn ends, */
	mir_ns turn_at;			/* which is now; MIR_NEVER: none. */
	struct wheel timers;		/* Of the connections. */
	struct tcp_table table;
	struct tcp_peers peers;
};

/* 'key': random bytes, for initial sequence numbers (RFC 6528) and hash tables. */
void tcp_init(struct tcp *t, const struct tcp_env *env, const uint8_t key[SIPHASH_KEY]);

/* One received segment, from the TCP header to the end of the payload; takes it. */
void tcp_input(struct tcp *t, mir_ns now, const struct mir_addr *src, const struct mir_addr *dst,
	       struct mir_buf *seg);

mir_ns tcp_timewait_deadline(const struct tcp *t);	/* Of closed connections. */
/* When tcp_poll wants to be called next. */
static inline mir_ns
tcp_deadline(const struct tcp *t)
{
	mir_ns next = t->turn_at < t->timers.next ? t->turn_at : t->timers.next, closed;

	if (!t->timewait_first)
		return next;
	closed = tcp_timewait_deadline(t);
	return closed < next ? closed : next;
}

mir_ns tcp_poll(struct tcp *t, mir_ns now);	/* Runs what is due; the next deadline. */

enum tcp_unreach {
	TCP_UNREACH_SOFT,		/* Net or host unreachable, time exceeded. */
	TCP_UNREACH_HARD,		/* Protocol or port unreachable, prohibited. */
	TCP_UNREACH_TOO_BIG,		/* 'mtu' is the next hop's, IP header included. */
};

/* An ICMP error about a segment that 'src' (we) sent to 'dst': 'tcp' are the first 'len' bytes of
 * its TCP header.  Judged by RFC 5927: never resets an established connection. */
void tcp_unreach(struct tcp *t, mir_ns now, const struct mir_addr *src,
		 const struct mir_addr *dst, const uint8_t *tcp, size_t len,
		 enum tcp_unreach kind, uint32_t mtu);

/* The device's or network's MTU is another: connections keep to env.mss where that became less. */
void tcp_mtu_changed(struct tcp *t);

/* The local address is no longer ours: its connections end with MIR_ERESET. */
void tcp_address_gone(struct tcp *t, mir_ns now, const struct mir_addr *addr);

/* MIR_EEXIST: the port is taken.  'backlog': connections that wait for tcp_accept, and as many
 * again that are still being opened. */
int tcp_listen(struct tcp *t, uint16_t port, unsigned backlog, void *user,
	       struct tcp_listener **out);
void *tcp_listener_user(const struct tcp_listener *l);
struct tcp_listener *tcp_conn_listener(const struct tcp_conn *c);	/* NULL once accepted. */
int tcp_accept(struct tcp_listener *l, struct tcp_conn **out);	/* MIR_EAGAIN: none waits. */
void tcp_unlisten(struct tcp_listener *l, mir_ns now);	/* Resets those that wait. */

/* Starts an active open.  MIR_ENOMEM, MIR_EEXIST (no free port). */
int tcp_connect(struct tcp *t, mir_ns now, const struct mir_addr *src,
		const struct mir_addr *dst, uint16_t port, struct tcp_conn **out);

/* Takes the whole chain.  MIR_EAGAIN: not connected yet, or CONFIG_TCP_SEND_LIMIT bytes are
 * queued; TCP_WRITABLE comes.  MIR_EGONE: after tcp_shutdown.  Else the connection's error. */
int tcp_send(struct tcp_conn *c, mir_ns now, struct mir_buf *b);
/* The same, but it leaves by tcp_poll, with a deadline of 'now'. */
int tcp_send_later(struct tcp_conn *c, mir_ns now, struct mir_buf *b);

/* > 0: bytes, in '*out', the caller's.  0: end of stream.  MIR_EAGAIN: TCP_READABLE comes. */
int tcp_recv(struct tcp_conn *c, mir_ns now, struct mir_buf **out);

int tcp_shutdown(struct tcp_conn *c, mir_ns now);	/* Ends our direction. */
void tcp_close(struct tcp_conn *c, mir_ns now);		/* In order; 'c' is the engine's. */
void tcp_abort(struct tcp_conn *c, mir_ns now);		/* By reset; 'c' is the engine's. */

void tcp_set_nodelay(struct tcp_conn *c, mir_ns now, bool on);	/* Nagle's algorithm off. */
void tcp_set_keepalive(struct tcp_conn *c, mir_ns now, mir_ns idle);	/* 0: off. */
void tcp_peer(const struct tcp_conn *c, struct mir_addr *addr, uint16_t *port);

/* net/tcp/flow.c: the ops of a connection as a mir_flow, and what wakes its readers. */
extern const struct mir_flow_ops tcp_flow_ops;
void tcp_flow_event(struct tcp_conn *c, unsigned events);

#endif
