/* SPDX-License-Identifier: ISC */
/* lwIP as a side: its raw API, without copies in either direction. */
#include <stdlib.h>
#include <string.h>
#include "bench/lwip/side.h"
#include "lwip/apps/httpd.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

struct rx {				/* A received frame's memory. */
	struct pbuf_custom p;		/* First. */
	struct rx *next;
	uint8_t bytes[2048];
};

const bool side_joins = false;
static struct netif nif;
static struct rx *rx_free;
static struct pbuf *sent[SIDE_FRAMES];
static unsigned sent_count, given_back;

u32_t
sys_now(void)
{
	return (u32_t)(side_now_us / 1000);
}

uint64_t
side_copied(void)
{
	return 0;			/* It does not count them; its source shows none here. */
}

static err_t
output(struct netif *n, struct pbuf *p)
{
	(void)n;
	if (sent_count == SIDE_FRAMES)
		abort();
	pbuf_ref(p);
	sent[sent_count++] = p;
	return ERR_OK;
}

static err_t
nif_init(struct netif *n)
{
	n->name[0] = 'b';
	n->output = etharp_output;
	n->linkoutput = output;
	n->mtu = 1500;
	n->hwaddr_len = 6;
	memcpy(n->hwaddr, side_mac, 6);
	n->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
	return ERR_OK;
}

static void
rx_release(struct pbuf *p)
{
	struct rx *r = (struct rx *)p;

	r->next = rx_free;
	rx_free = r;
}

void *
side_frame(const uint8_t *bytes, size_t len, uint16_t gso)
{
	struct rx *r = rx_free;

	(void)gso;
	if (r)
		rx_free = r->next;
	else
		r = malloc(sizeof *r);
	memcpy(r->bytes, bytes, len);
	r->p.custom_free_function = rx_release;
	return pbuf_alloced_custom(PBUF_RAW, (u16_t)len, PBUF_REF, &r->p, r->bytes, sizeof r->bytes);
}

unsigned
side_sent(void)
{
	return sent_count;
}

size_t
side_sent_copy(unsigned i, uint8_t *bytes, size_t size, uint16_t *gso)
{
	*gso = 0;
	return pbuf_copy_partial(sent[i], bytes, (u16_t)(size < 65535 ? size : 65535), 0);
}

/* The servers. */

static void
pump(struct tcp_pcb *pcb)
{
	size_t *at = pcb->callback_arg;

	while (pcb->snd_buf >= SIDE_CHUNK &&	/* tcp_sndbuf is of 16 bits. */
	       tcp_write(pcb, side_content + *at, SIDE_CHUNK, 0) == ERR_OK)
		*at = (*at + SIDE_CHUNK) % sizeof side_content;
}

/* As the other side: when half of the queue is empty. */
static err_t
stream_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	(void)arg;
	(void)len;
	if (pcb->snd_buf >= TCP_SND_BUF / 2)
		pump(pcb);
	return ERR_OK;
}

static err_t
discard(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	(void)arg;
	(void)err;
	if (p) {
		tcp_recved(pcb, p->tot_len);
		pbuf_free(p);
	}
	return ERR_OK;
}

/* A whole head: the peer sends one at a time, in one segment. */
static bool
whole(const struct pbuf *p)
{
	const char *b = (const char *)p->payload;

	return p->len > 4 && b[0] == 'G' && memcmp(b + p->len - 4, "\r\n\r\n", 4) == 0;
}

static err_t
request(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	(void)arg;
	(void)err;
	if (!p)
		return ERR_OK;
	if (whole(p))
		tcp_write(pcb, side_answer, (u16_t)side_answer_len, 0);
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);
	tcp_output(pcb);
	return ERR_OK;
}

static err_t
accepted(void *arg, struct tcp_pcb *pcb, err_t err)
{
	static size_t at;

	(void)arg;
	(void)err;
	tcp_nagle_disable(pcb);
	if (pcb->local_port == SIDE_STREAM) {
		tcp_arg(pcb, &at);
		tcp_sent(pcb, stream_sent);
		tcp_recv(pcb, discard);
		pump(pcb);
		tcp_output(pcb);
	} else {
		tcp_recv(pcb, pcb->local_port == SIDE_BARE ? request : discard);
	}
	return ERR_OK;
}

static void
serve(u16_t port)
{
	struct tcp_pcb *pcb = tcp_new();

	tcp_bind(pcb, IP_ADDR_ANY, port);
	tcp_accept(tcp_listen_with_backlog(pcb, 16), accepted);
}

void
side_open(bool offload)
{
	ip4_addr_t ip, mask, gw;

	lwip_init();
	IP4_ADDR(&ip, 10, 0, 0, 1);
	IP4_ADDR(&mask, 255, 255, 255, 0);
	IP4_ADDR(&gw, 0, 0, 0, 0);
	netif_add(&nif, &ip, &mask, &gw, NULL, nif_init, ethernet_input);
	netif_set_default(&nif);
	netif_set_up(&nif);
	if (offload)
		NETIF_SET_CHECKSUM_CTRL(&nif, NETIF_CHECKSUM_ENABLE_ALL &
			~(NETIF_CHECKSUM_GEN_TCP | NETIF_CHECKSUM_CHECK_TCP));
	serve(SIDE_STREAM);
	serve(SIDE_DISCARD);
	serve(SIDE_BARE);
	httpd_init();
}

void
side_turn(void *const *frames, unsigned n)
{
	for (given_back = 0; given_back < sent_count; given_back++)
		pbuf_free(sent[given_back]);
	sent_count = 0;
	for (unsigned i = 0; i < n; i++)
		if (nif.input(frames[i], &nif) != ERR_OK)
			pbuf_free(frames[i]);
	sys_check_timeouts();
}
