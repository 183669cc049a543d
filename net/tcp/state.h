/* SPDX-License-Identifier: ISC */
/* The states of a connection and what moves it from one to another (RFC 9293 figure 5). */
#ifndef NET_TCP_STATE_H
#define NET_TCP_STATE_H

#include <stdbool.h>

enum tcp_state {
	TCP_CLOSED_STATE,
	TCP_LISTEN,
	TCP_SYN_SENT,
	TCP_SYN_RCVD,
	TCP_ESTABLISHED,
	TCP_FIN_WAIT_1,
	TCP_FIN_WAIT_2,
	TCP_CLOSE_WAIT,
	TCP_CLOSING,
	TCP_LAST_ACK,
	TCP_TIME_WAIT,
	TCP_STATES
};

enum tcp_change {
	TCP_PASSIVE_OPEN,
	TCP_ACTIVE_OPEN,
	TCP_RCV_SYN,			/* Without an ACK. */
	TCP_RCV_SYN_ACK,		/* The ACK is of our SYN. */
	TCP_RCV_ACK_OF_SYN,
	TCP_CLOSE,			/* By the user. */
	TCP_RCV_FIN,
	TCP_RCV_ACK_OF_FIN,
	TCP_END,			/* Reset, abort, time-out, 2MSL over. */
	TCP_CHANGES
};

/* The state after 's' when 'change' happens; 's' itself where the figure has no arrow. */
enum tcp_state tcp_state_next(enum tcp_state s, enum tcp_change change);

const char *tcp_state_name(enum tcp_state s);

/* Both sides know both initial sequence numbers. */
static inline bool
tcp_is_synchronized(enum tcp_state s)
{
	return s >= TCP_ESTABLISHED;
}

/* Our stream has ended: what is queued still goes out, then a FIN. */
static inline bool
tcp_is_send_closed(enum tcp_state s)
{
	return 1u << s & (1u << TCP_FIN_WAIT_1 | 1u << TCP_CLOSING | 1u << TCP_LAST_ACK);
}

/* The peer's stream goes on. */
static inline bool
tcp_can_receive(enum tcp_state s)
{
	return 1u << s & (1u << TCP_ESTABLISHED | 1u << TCP_FIN_WAIT_1 | 1u << TCP_FIN_WAIT_2);
}

#endif
