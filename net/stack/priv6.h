/* SPDX-License-Identifier: ISC */
/* net/stack/priv6.h - the inside of the stack's IPv6 part, which CONFIG_IPV6 takes along. */
#ifndef NET_STACK_PRIV6_H
#define NET_STACK_PRIV6_H

#include "net/mld/mld.h"
#include "net/nd/nd.h"
#include "net/stack/priv.h"

struct stack6 {
	struct nd nd;
	struct mld mld;
};

struct stack6_packet {			/* A received packet on its way up. */
	struct ipv6_hdr ip;
	bool unicast;			/* To us alone, on the link and in IP; else to a group. */
};

/* input6.c: takes 'b', which starts with the IPv6 header. */
void stack6_input(struct stack *s, mir_ns now, bool to_us, struct mir_buf *b);

/* fragments6.c: takes fragment 'b', which starts with the IPv6 header.  The whole packet, and '*p' is
 * of that; or NULL. */
struct mir_buf *stack6_fragment(struct stack *s, mir_ns now, struct stack6_packet *p,
				struct mir_buf *b);

/* icmp6.c: 'b' starts with the ICMPv6 header. */
void stack6_icmp_input(struct stack *s, mir_ns now, const struct stack6_packet *p,
		       struct mir_buf *b);
/* An error about 'packet', from its IPv6 header on, which stays the caller's; or, by RFC 4443 2.4
 * (e) and (f), none. */
void stack6_icmp_error(struct stack *s, mir_ns now, const struct stack6_packet *p,
		       enum icmpv6_type type, uint8_t code, uint32_t param,
		       const struct mir_buf *packet);

/* output6.c: as stack_output. */
int stack6_output(struct stack *s, const struct mir_addr *src, const struct mir_addr *dst,
		  uint8_t proto, struct mir_buf *b);
void stack6_output_drop(struct stack *s, const struct mir_addr *src, const struct mir_addr *dst,
			uint8_t proto, struct mir_buf *b);
size_t stack6_mtu(const struct stack *s, const struct mir_addr *dst);
void stack6_nd_output(void *ctx, const struct mir_addr *src, const struct mir_addr *dst,
		      const uint8_t *mac, const uint8_t *msg, size_t len);
void stack6_mld_output(void *ctx, const struct mir_addr *dst, const uint8_t *msg, size_t len);
void stack6_nd_send(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b);
/* Has the timer set when the engines' next deadline is another. */
void stack6_rearm(struct stack *s);

/* address6.c: addresses come and go. */
void stack6_solicited(void *ctx, const struct mir_addr *addr, bool join);
void stack6_filter(void *ctx, const struct mir_addr *group, bool join);
void stack6_changed(void *ctx, const struct mir_addr *addr, bool up);
void stack6_conflict(void *ctx, const struct mir_addr *addr, const uint8_t *mac);
int stack6_address(struct stack *s, unsigned n, struct mir_stack_addr *out);

#endif
