/* SPDX-License-Identifier: ISC */
/* Limits and times of the TCP engine.  The limits come from Kconfig; the numbers here stand in
 * where it is not used (host tests, fuzzers). */
#ifndef NET_TCP_LIMITS_H
#define NET_TCP_LIMITS_H

#include "mir/clock.h"

#ifndef CONFIG_TCP_CONNS
#define CONFIG_TCP_CONNS 1024		/* Connections of an engine. */
#endif
#ifndef CONFIG_TCP_TIMEWAIT
#define CONFIG_TCP_TIMEWAIT 256		/* Closed connections remembered. */
#endif
#ifndef CONFIG_TCP_SEND_LIMIT
#define CONFIG_TCP_SEND_LIMIT 262144	/* Bytes queued for sending, each connection. */
#endif
#ifndef CONFIG_TCP_RECV_LIMIT
#define CONFIG_TCP_RECV_LIMIT 131072	/* Bytes of the receive window, each connection. */
#endif
#ifndef CONFIG_TCP_SEND_MAX
#define CONFIG_TCP_SEND_MAX 4000000	/* The same where the congestion window is large. */
#endif
#ifndef CONFIG_TCP_RECV_MAX
#define CONFIG_TCP_RECV_MAX 4000000	/* The same where data comes fast from afar. */
#endif
#ifndef CONFIG_TCP_OOO_SEGMENTS
#define CONFIG_TCP_OOO_SEGMENTS 256	/* Stretches behind gaps kept, each connection. */
#endif
#ifndef CONFIG_TCP_KEEPALIVE
#define CONFIG_TCP_KEEPALIVE 0		/* Seconds of silence before a probe; 0: none. */
#endif

enum {
	TCP_LISTENERS = 16,
	TCP_IW_SEGMENTS = 10,		/* RFC 6928. */
	TCP_DUPACKS = 3,		/* RFC 5681 3.2. */
	TCP_MSS_MIN = 88,		/* A smaller offer is taken as this much. */
	TCP_MSS_DEFAULT_4 = 536,	/* RFC 9293 3.7.1. */
	TCP_MSS_DEFAULT_6 = 1220,
	TCP_XMITS = 1024,		/* Records of what is on its way, each connection. */
	TCP_SACK_SEGMENTS = 3,		/* RFC 8985 6.2: behind a gap, before reordering was seen. */
	TCP_COPYBREAK = 256,		/* Bytes: smaller payloads are packed together. */
	TCP_QUICK_ACKS = 16,		/* Segments acknowledged without delay, after a gap. */
	TCP_FIRST_ACKS = 4,		/* The same when a connection begins. */
	TCP_ACK_SEGMENTS_MAX = 8,	/* Full segments that one ACK may wait for. */
	TCP_BLACK_HOLE_TRIES = 3,	/* Time-outs in a row before segments get smaller. */
	TCP_GSO_SLOTS = 17,		/* Pages that one segment's payload may touch: Xen's rings
					 * take 18 slots a frame, headers included. */
	TCP_CHALLENGES = 100,		/* Challenge ACKs a second, about: RFC 5961 7. */
	TCP_KEEPALIVE_PROBES = 9,	/* Without an answer, to idle peers and closed windows. */
	TCP_R2_TRIES = 15,		/* Where 1 of 5 frames is lost each way, 9 in a row may be. */
};

/* What a SYN-ACK promises; its field is not scaled. */
#define TCP_SYN_WINDOW	(CONFIG_TCP_RECV_LIMIT < 65535 ? CONFIG_TCP_RECV_LIMIT : 65535)

#define TCP_RTO_FIRST		MIR_SEC(1)	/* RFC 6298 2.1. */
#define TCP_RTO_MIN		MIR_MS(200)
#define TCP_RTO_MAX		MIR_SEC(60)
#define TCP_DELACK		MIR_MS(40)
#define TCP_PATIENCE_MAX	MIR_MS(40)	/* That an ACK waits for what was overtaken. */
#define TCP_PROBE_DELACK	MIR_MS(40)	/* RFC 8985 7.2: what the peer's may be. */
#define TCP_PROBE_MIN		MIR_MS(2)	/* Timestamps tell copies apart. */
#define TCP_PEER_AGE		MIR_SEC(600)	/* Round trips of a peer are remembered. */
#define TCP_MIN_RTT_AGE		MIR_SEC(300)
#define TCP_R2_SYN		MIR_SEC(180)	/* An open without an answer: RFC 9293 3.8.3. */
#define TCP_R2_HALF		MIR_SEC(30)	/* The same on the side that listens. */
#define TCP_R2			MIR_SEC(100)	/* Data without an answer, TCP_R2_TRIES times. */
#define TCP_FIN_WAIT_2_TIME	MIR_SEC(60)	/* Closed by us, the peer does not. */
#define TCP_2MSL		MIR_SEC(60)
#define TCP_LATE		MIR_MS(200)	/* So much may packets overtake each other by. */
#define TCP_PAWS_AGE		MIR_SEC(24ull * 86400)	/* RFC 7323 5.5. */
#define TCP_KEEPALIVE_GAP	MIR_SEC(75)
#define TCP_ACK_LIMIT		MIR_MS(500)	/* Between answers to empty bad segments. */

#endif
