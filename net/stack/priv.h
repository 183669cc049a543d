/* SPDX-License-Identifier: ISC */
/* net/stack/priv.h - the stack's inside: one engine a protocol, one timer for all of them. */
#ifndef NET_STACK_PRIV_H
#define NET_STACK_PRIV_H

#include "mir/timer.h"
#include "net/arp/arp.h"
#include "net/dhcp/dhcp.h"
#include "net/icmp/limit.h"
#include "net/icmp/packet.h"
#include "net/igmp/igmp.h"
#include "net/reassembly/reassembly.h"
#include "net/stack/stack.h"
#include "net/tcp/tcp.h"
#include "net/udp/udp.h"

#define STACK_DEVICES 4			/* That have keys on the command line. */
#define STACK_TX_QUEUE 256		/* Frames that wait for room in the device's ring. */

struct stack6;

struct stack_join {			/* join.c's; all-zero: nothing is held back. */
	struct mir_buf *head, *tail;	/* The frame so far. */
	uint32_t len;			/* Its bytes. */
	uint32_t next;			/* The sequence number that would follow. */
	uint16_t tcp, headers;		/* Where TCP's header starts and ends. */
	uint16_t size;			/* Bytes of payload of each segment. */
};

struct stack {
	struct mir_stack stack;		/* First. */
	struct mir_netif *nif;
	struct stack_config cfg;
	uint32_t ip, gateway, dns;	/* In force; ip 0: none yet. */
	uint8_t prefix;
	uint32_t mask;			/* Of the prefix. */
	uint16_t mtu;			/* The network's, as DHCP has it; 0: the device's. */
	mir_ns arp_next, dhcp_next;	/* Deadlines of engines that don't tell them cheaply. */
	struct stack6 *six;		/* NULL: no IPv6. */
	mir_ns six_next;
	struct mir_timer timer;
	struct icmp_limit icmp_limit;
	unsigned tx_first, tx_count;
	bool tx_busy;
	struct mir_buf *tx_queue[STACK_TX_QUEUE];
	struct stack_join join;
	struct reassembly reassembly;
	struct igmp igmp;
	mir_ns igmp_next;
	struct arp arp;
	struct dhcp dhcp;
	struct udp udp;
	struct tcp tcp;
};

struct stack_packet {			/* A received IPv4 packet on its way up. */
	struct ipv4_hdr ip;
	struct mir_addr src, dst;
	bool unicast;			/* To us alone, on the link and in IP; else to all. */
};

/* params.c */
extern struct stack_config stack_configs[STACK_DEVICES];

/* ipv6.c, where CONFIG_IPV6 takes it along; else the table's address is NULL, and so is every
 * stack's 'six'.  Once open succeeded, the others may be called. */
extern const struct stack_ipv6 {
	int (*open)(struct stack *s);
	void (*link)(struct stack *s, mir_ns now);	/* It went up or down. */
	void (*poll)(struct stack *s, mir_ns now);	/* Sets six_next. */
	bool (*wants)(const struct stack *s, const uint8_t group[ETHER_ADDR]);
	void (*input)(struct stack *s, mir_ns now, bool to_us, struct mir_buf *packet);
	int (*output)(struct stack *s, const struct mir_addr *src, const struct mir_addr *dst,
		      uint8_t proto, struct mir_buf *b);
	size_t (*mtu)(const struct stack *s, const struct mir_addr *dst);
	int (*source)(struct stack *s, const struct mir_addr *dst, struct mir_addr *src);
	int (*group)(struct stack *s, const struct mir_addr *group, bool join);
	int (*address)(struct stack *s, unsigned n, struct mir_stack_addr *out);
} stack_ipv6 __attribute__((weak));
#define STACK6_PAGES 4			/* For 'six'. */

/* input.c: the device's rx. */
void stack_input(void *ctx, struct mir_buf *frame);
void stack_frame(struct stack *s, struct mir_buf *frame);	/* The way up. */

/* join.c: shorter frames are never joined. */
#define STACK_JOIN_LEAST 512
/* true: 'frame' is taken, and goes up when no other follows it, at the latest when the turn
 * ends. */
bool stack_join(struct stack *s, struct mir_buf *frame);
void stack_join_flush(struct stack *s);
mir_ns stack_join_deadline(const struct stack *s);

/* fragments.c: takes fragment 'b', IP header in front.  The whole packet, and '*p' is of that; or
 * NULL. */
struct mir_buf *stack_fragment(struct stack *s, mir_ns now, struct stack_packet *p,
			       struct mir_buf *b);
mir_ns stack_fragments_deadline(const struct stack *s);
void stack_fragments_poll(struct stack *s, mir_ns now);

void stack_drop(struct mir_buf *b, uint64_t *counter);
/* Headers in one piece; NULL: memory is short, and 'b' is freed and counted. */
struct mir_buf *stack_contiguous(struct mir_buf *b, size_t len);
struct mir_buf *stack_strip(struct mir_buf *b, size_t len);	/* Flags are kept. */

/* groups.c */
void stack_groups_init(struct stack *s);
void stack_groups_local(struct stack *s, mir_ns now);	/* The address or the link changed. */
void stack_groups_poll(struct stack *s, mir_ns now);
int stack_group_join(void *ctx, const struct mir_addr *group, bool join);
bool stack_group_member(const struct stack *s, uint32_t ip);
bool stack_group_wants(const struct stack *s, const uint8_t mac[ETHER_ADDR]);
void stack_igmp_input(struct stack *s, mir_ns now, const struct stack_packet *p,
		      struct mir_buf *b);	/* Takes 'b': the message. */

/* icmp.c: takes 'b', which starts with the ICMP header. */
void stack_icmp_input(struct stack *s, mir_ns now, const struct stack_packet *p,
		      struct mir_buf *b);
/* Answers a packet with destination unreachable; 'ip' is its header and STACK_QUOTE bytes or the
 * whole packet. */
#define STACK_QUOTE (IPV4_HDR_MAX + 8)
void stack_icmp_unreachable(struct stack *s, mir_ns now, const struct stack_packet *p,
			    enum icmp_unreachable code, const uint8_t *ip);

/* output.c: the link's address of a group, RFC 1112 6.4: 01:00:5e and the last 23 bits. */
void stack_group_mac(uint32_t ip, uint8_t mac[ETHER_ADDR]);

/* Bytes of the largest IP packet. */
size_t stack_mtu(const struct stack *s);

/* Sends the transport's packet 'b'; takes it on success.  MIR_EUNREACH, MIR_EMSGSIZE,
 * MIR_ENOMEM. */
int stack_output(struct stack *s, uint32_t src, uint32_t dst, uint8_t proto, struct mir_buf *b);
/* As stack_output, but takes 'b' in any case. */
void stack_output_drop(struct stack *s, uint32_t src, uint32_t dst, uint8_t proto,
		       struct mir_buf *b);
void stack_send_frame(struct stack *s, const uint8_t dst[ETHER_ADDR], uint16_t type,
		      struct mir_buf *b);	/* Takes 'b'. */
/* Room for headers in front, in a new piece if need be; NULL: no memory, 'b' is the caller's. */
struct mir_buf *stack_headroom(struct mir_buf *b, size_t len);
void stack_tx_ready(void *ctx);		/* The device has room again, or its link changed. */
void stack_arp_output(void *ctx, const uint8_t dst[ETHER_ADDR], const struct arp_packet *p);
void stack_arp_send(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b);

/* offload.c: what the device does for packets of IPv6, or of IPv4. */
struct tcp_offload stack_offload(const struct stack *s, bool v6);
struct tcp_offload stack_way_out(const struct stack *s, bool v6);	/* And the stack itself. */
/* Whether the device, as it is now, leaves a frame of ours undone. */
bool stack_must_cut(const struct stack *s, const struct mir_buf *frame);
bool stack_must_sum(const struct stack *s, const struct mir_buf *frame);
void stack_fill_checksum(struct mir_buf *frame);
/* Cuts a frame with gso_size and hands its segments to 'tx'.  MIR_OK: all went, the frame is freed;
 * else it is the caller's with what did not go: for another try, or to be freed. */
int stack_cut(struct stack *s, struct mir_buf *frame, int (*tx)(struct stack *, struct mir_buf *));

/* config.c: the address comes and goes. */
void stack_set_address(struct stack *s, uint32_t ip, uint8_t prefix, uint32_t gateway,
		       uint32_t dns);
void stack_dhcp_input(void *ctx, struct mir_buf *message);
bool stack_is_broadcast(const struct stack *s, uint32_t ip);
void stack_dhcp_start(struct stack *s, mir_ns now);
void stack_dhcp_init(struct stack *s);
void stack_conflict(void *ctx, uint32_t ip, const uint8_t mac[ETHER_ADDR]);

/* timer.c: sets the timer to the engines' earliest deadline. */
void stack_rearm(struct stack *s);

/* The same where only TCP's deadline can have moved. */
static inline void
stack_rearm_tcp(struct stack *s)
{
	if (!s->timer.set || tcp_deadline(&s->tcp) < s->timer.when)
		stack_rearm(s);
}

void stack_timer(struct mir_timer *t);

#endif
