/* SPDX-License-Identifier: ISC */
/* net/tcp/state: every pair of state and change against a table read off RFC 9293 figure 5. */
#include "net/tcp/state.h"
#include "test/unit/harness.h"

#define CL TCP_CLOSED_STATE
#define LI TCP_LISTEN
#define SS TCP_SYN_SENT
#define SR TCP_SYN_RCVD
#define ES TCP_ESTABLISHED
#define F1 TCP_FIN_WAIT_1
#define F2 TCP_FIN_WAIT_2
#define CW TCP_CLOSE_WAIT
#define CG TCP_CLOSING
#define LA TCP_LAST_ACK
#define TW TCP_TIME_WAIT

/* Columns: passive open, active open, SYN, SYN+ACK, ACK of SYN, close, FIN, ACK of FIN, end. */
static const enum tcp_state figure[TCP_STATES][TCP_CHANGES] = {
	[CL] = { LI, SS, CL, CL, CL, CL, CL, CL, CL },
	[LI] = { LI, SS, SR, LI, LI, CL, LI, LI, CL },
	[SS] = { SS, SS, SR, ES, SS, CL, SS, SS, CL },
	[SR] = { SR, SR, SR, SR, ES, F1, SR, SR, CL },
	[ES] = { ES, ES, ES, ES, ES, F1, CW, ES, CL },
	[F1] = { F1, F1, F1, F1, F1, F1, CG, F2, CL },
	[F2] = { F2, F2, F2, F2, F2, F2, TW, F2, CL },
	[CW] = { CW, CW, CW, CW, CW, LA, CW, CW, CL },
	[CG] = { CG, CG, CG, CG, CG, CG, CG, TW, CL },
	[LA] = { LA, LA, LA, LA, LA, LA, LA, CL, CL },
	[TW] = { TW, TW, TW, TW, TW, TW, TW, TW, CL },
};

TEST(state_figure_5)
{
	for (enum tcp_state s = 0; s < TCP_STATES; s++)
		for (enum tcp_change c = 0; c < TCP_CHANGES; c++)
			CHECK_MSG(tcp_state_next(s, c) == figure[s][c], "%s, change %u: %s",
				  tcp_state_name(s), c, tcp_state_name(tcp_state_next(s, c)));
}

TEST(state_names)
{
	CHECK_STR(tcp_state_name(TCP_CLOSED_STATE), "CLOSED");
	CHECK_STR(tcp_state_name(TCP_TIME_WAIT), "TIME-WAIT");
	CHECK_STR(tcp_state_name(TCP_STATES), "?");
}

TEST(state_questions)
{
	CHECK(!tcp_is_synchronized(SR) && tcp_is_synchronized(ES) && tcp_is_synchronized(TW));
	CHECK(tcp_can_receive(ES) && tcp_can_receive(F2) && !tcp_can_receive(CW));
	CHECK(tcp_is_send_closed(F1) && tcp_is_send_closed(LA) && !tcp_is_send_closed(CW));
}
