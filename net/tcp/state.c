/* SPDX-License-Identifier: ISC */
/* The TCP state machine, to be read beside RFC 9293 figure 5.
 *
 * Only the arrows: which segments and calls count as a change is for the callers to judge. */
#include "net/tcp/state.h"

enum tcp_state
tcp_state_next(enum tcp_state s, enum tcp_change change)
{
	if (change == TCP_END)
		return TCP_CLOSED_STATE;
	switch (s) {
	case TCP_CLOSED_STATE:
		return change == TCP_PASSIVE_OPEN ? TCP_LISTEN :
		       change == TCP_ACTIVE_OPEN ? TCP_SYN_SENT : s;
	case TCP_LISTEN:
		return change == TCP_RCV_SYN ? TCP_SYN_RCVD :
		       change == TCP_ACTIVE_OPEN ? TCP_SYN_SENT :
		       change == TCP_CLOSE ? TCP_CLOSED_STATE : s;
	case TCP_SYN_SENT:
		return change == TCP_RCV_SYN ? TCP_SYN_RCVD :
		       change == TCP_RCV_SYN_ACK ? TCP_ESTABLISHED :
		       change == TCP_CLOSE ? TCP_CLOSED_STATE : s;
	case TCP_SYN_RCVD:
		return change == TCP_RCV_ACK_OF_SYN ? TCP_ESTABLISHED :
		       change == TCP_CLOSE ? TCP_FIN_WAIT_1 : s;
	case TCP_ESTABLISHED:
		return change == TCP_CLOSE ? TCP_FIN_WAIT_1 :
		       change == TCP_RCV_FIN ? TCP_CLOSE_WAIT : s;
	case TCP_FIN_WAIT_1:
		return change == TCP_RCV_ACK_OF_FIN ? TCP_FIN_WAIT_2 :
		       change == TCP_RCV_FIN ? TCP_CLOSING : s;
	case TCP_FIN_WAIT_2:
		return change == TCP_RCV_FIN ? TCP_TIME_WAIT : s;
	case TCP_CLOSE_WAIT:
		return change == TCP_CLOSE ? TCP_LAST_ACK : s;
	case TCP_CLOSING:
		return change == TCP_RCV_ACK_OF_FIN ? TCP_TIME_WAIT : s;
	case TCP_LAST_ACK:
		return change == TCP_RCV_ACK_OF_FIN ? TCP_CLOSED_STATE : s;
	default:
		return s;
	}
}

const char *
tcp_state_name(enum tcp_state s)
{
	static const char *const names[TCP_STATES] = {
		"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
		"FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT" };

	return (unsigned)s < TCP_STATES ? names[s] : "?";
}
