/* SPDX-License-Identifier: ISC */
/* What the TCP engine counts; every segment that is dropped is dropped for a named reason. */
#ifndef NET_TCP_STATS_H
#define NET_TCP_STATS_H

#include <stdint.h>

#define TCP_COUNTERS(X)								\
	X(rx_segments, "Segments received")					\
	X(tx_segments, "Segments sent")						\
	X(rx_bytes, "Payload bytes received in order")				\
	X(tx_bytes, "Payload bytes sent, repeated ones included")		\
	X(packed_bytes, "Payload bytes copied so as not to hold whole pages")	\
	X(opened_active, "Connections opened by us")				\
	X(opened_passive, "Connections opened by peers")			\
	X(accepted, "Connections handed to the application")			\
	X(retransmits, "Segments sent again")					\
	X(fast_retransmits, "Recoveries from losses, without a time-out")	\
	X(timeouts, "Retransmission time-outs")					\
	X(tail_probes, "Tail loss probes sent (RFC 8985)")			\
	X(undone, "Window reductions taken back: nothing was lost")		\
	X(dsacks, "Segments that came twice, as peers say")			\
	X(marked, "Segments that routers marked (RFC 3168)")			\
	X(slowed_by_marks, "Window reductions for marks")			\
	X(sack_refused, "SACK blocks that can't be")				\
	X(sack_reneged, "Segments that peers threw away after SACK")		\
	X(probes, "Zero-window probes sent")					\
	X(keepalives, "Keep-alive probes sent")					\
	X(early_segments, "Segments kept for later, out of order")		\
	X(filled_late, "Gaps filled by what had been overtaken")		\
	X(resets_sent, "Resets sent")						\
	X(resets_received, "Resets that ended a connection")			\
	X(challenge_acks, "Challenge ACKs sent (RFC 5961)")			\
	X(challenges_limited, "Challenge ACKs not sent, rate limit")		\
	X(gave_up, "Connections ended because the peer fell silent")		\
	X(orphans_ended, "Closed connections ended before the peer closed")	\
	X(timewait_reused, "TIME-WAIT ended by a new connection (RFC 6191)")	\
	X(timewait_recycled, "TIME-WAIT ended early, limit reached")		\
	X(mss_lowered, "Segment sizes lowered by ICMP or a new MTU")		\
	X(black_holes, "Segment sizes lowered because large ones vanish")	\
	X(tx_no_memory, "Segments not sent for want of memory")			\
	X(windows_grown, "Receive windows doubled")				\
	X(pruned, "Times that data behind a gap was given up for memory")	\
	X(cookies_sent, "SYNs answered by a cookie (RFC 4987)")			\
	X(cookies_accepted, "Connections opened by a cookie")			\
	X(cookies_wrong, "ACKs that are like a cookie's and are none")		\
	X(drop_short, "Dropped: shorter than a header")				\
	X(drop_offset, "Dropped: data offset outside of the segment")		\
	X(drop_checksum, "Dropped: wrong checksum")				\
	X(drop_options, "Dropped: malformed options")				\
	X(drop_address, "Dropped: source is no host's address, or port 0")	\
	X(drop_flags, "Dropped: senseless flags")				\
	X(drop_no_listener, "Dropped: nobody listens or is connected there")	\
	X(drop_no_memory, "Dropped: no memory")					\
	X(drop_conn_limit, "Dropped: as many connections as configured")	\
	X(drop_accept_backlog, "Dropped: too many connections to accept")	\
	X(overtaken, "Accepted: older than the newest timestamp, overtaken by a repeat")	\
	X(drop_paws, "Dropped: old timestamp (RFC 7323 PAWS)")			\
	X(drop_no_timestamp, "Dropped: timestamp missing")			\
	X(drop_out_of_window, "Dropped: sequence number out of window")		\
	X(drop_duplicate, "Dropped: nothing new in it")				\
	X(drop_reset, "Dropped: reset with a number that is not exact")		\
	X(drop_syn, "Dropped: SYN within a connection")				\
	X(drop_no_ack, "Dropped: no ACK flag")					\
	X(drop_bad_ack, "Dropped: acknowledges what was not sent, or is old")	\
	X(drop_early, "Dropped: no room behind a gap")				\
	X(drop_receive_limit, "Dropped: receive memory used up")		\
	X(drop_after_close, "Dropped: data for a connection closed by us")	\
	X(drop_after_fin, "Dropped: data behind the end of the stream")		\
	X(drop_timewait, "Dropped: for a connection in TIME-WAIT")		\
	X(drop_icmp, "ICMP errors that match no segment in flight")

struct tcp_stats {
#define TCP_FIELD(name, help) uint64_t name;
	TCP_COUNTERS(TCP_FIELD)
#undef TCP_FIELD
};

extern struct tcp_stats tcp_stats;

#endif
