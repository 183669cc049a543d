/* SPDX-License-Identifier: ISC */
/* Network devices on taps of a Linux host: each frame is one read or one write.  The header before it
 * that Linux shares with virtio (IFF_VNET_HDR) leaves checksums, and the cutting and joining of TCP
 * segments, to whom it suits; on a tap most of them never happen.
 *
 * Source: the kernel's Documentation/networking/tuntap.rst. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include "lib/siphash.h"
#include "lib/vnet.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/netif.h"
#include "mir/page.h"
#include "mir/param.h"
#include "mir/platform.h"
#include "mir/timer.h"
#include "unix/unix.h"

#define DEVICES		4
#define BUDGET		64		/* Frames that one look takes in. */
#define COPYBREAK	256		/* Frames up to that are copied, not to hold a page each. */
#define PIECES		32		/* Of a frame; longer chains are copied. */
#define ETH_HEADER	14
#define VLAN_TAG	4
#define MTU_MAX		(MIR_PAGE_SIZE - ETH_HEADER - VLAN_TAG)
#define PAGES_MAX	((VNET_FRAME_MAX + VLAN_TAG) / MIR_PAGE_SIZE + 1)
#define WITHOUT_PAGES	MIR_MS(10)	/* How long frames wait when there was no memory for one. */
#define CSUM		(MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6)
#define TSO		(MIR_NETIF_TSO4 | MIR_NETIF_TSO6)

struct tap {
	struct mir_netif nif;		/* First. */
	struct unix_watch watch;
	struct mir_timer refill;
	bool starved, full;		/* No page to read into; a write was refused. */
	uint8_t header;			/* Bytes before each frame: VNET_HDR or none. */
	uint8_t joins;			/* enum mir_netif_offload: what the host may leave to us. */
	unsigned pages;			/* That a frame may take. */
	struct mir_buf *spare[PAGES_MAX];	/* That the next frame is read into. */
};

static struct tap taps[DEVICES];
static const char *names[DEVICES];
MIR_PARAM(tap, mir_param_text, &names[0], "NAME", "the host's tap device that vif 0 is on");
MIR_PARAM(tap1, mir_param_text, &names[1], "NAME", "the host's tap device that vif 1 is on");
MIR_PARAM(tap2, mir_param_text, &names[2], "NAME", "the host's tap device that vif 2 is on");
MIR_PARAM(tap3, mir_param_text, &names[3], "NAME", "the host's tap device that vif 3 is on");

static void
watch(struct tap *t)
{
	unix_rewatch(&t->watch, (t->starved ? 0 : EPOLLIN) | (t->full ? EPOLLOUT : 0));
}

static void
gone(struct tap *t, int number)
{
	mir_warn("tap", "vif %u: the tap device is gone: %s", t->nif.device.index, strerror(number));
	unix_unwatch(&t->watch);
	mir_timer_cancel(&t->refill);
	close(t->watch.fd);
	for (unsigned i = 0; i < t->pages; i++) {
		mir_buf_free(t->spare[i]);
		t->spare[i] = NULL;
	}
	t->nif.info.link = false;
	if (t->nif.client.link)
		t->nif.client.link(t->nif.client.ctx);
}

/* Room for the largest frame, or false. */
static bool
fill(struct tap *t)
{
	for (unsigned i = t->pages; i--;) {	/* The last that a frame takes come first. */
		if (!t->spare[i])
			t->spare[i] = mir_buf_alloc(0, MIR_PAGE_SIZE);
		if (!t->spare[i])
			return false;
	}
	return true;
}

/* Frames wait in the host's queue, which epoll would report all the time. */
static void
starve(struct tap *t)
{
	t->starved = true;
	watch(t);
	mir_timer_set(&t->refill, mir_deadline(mir_now(), WITHOUT_PAGES));
}

static void
refill_fired(struct mir_timer *timer)
{
	struct tap *t = (struct tap *)((char *)timer - offsetof(struct tap, refill));

	t->starved = false;
	watch(t);
}

/* The frame of 'len' bytes in the spare pages as a chain of its own. */
static struct mir_buf *
take_frame(struct tap *t, size_t len)
{
	struct mir_buf *head = NULL, **tail = &head;
	size_t n;

	if (len <= COPYBREAK) {
		head = mir_buf_copy_in(t->spare[0]->data, len);
		t->nif.stats.copied_bytes += head ? len : 0;
		return head;
	}
	for (unsigned i = 0; len; i++) {
		n = len < MIR_PAGE_SIZE ? len : MIR_PAGE_SIZE;
		*tail = t->spare[i];
		(*tail)->len = (uint32_t)n;
		tail = &(*tail)->next;
		t->spare[i] = NULL;
		len -= n;
	}
	return head;
}

/* A frame and its header as the host gives them; bytes of both, or -1 and errno. */
static ssize_t
read_frame(struct tap *t, uint8_t header[VNET_HDR])
{
	struct iovec pieces[1 + PAGES_MAX] = { { header, t->header } };

	for (unsigned i = 0; i < t->pages; i++)
		pieces[1 + i] = (struct iovec){ t->spare[i]->data, MIR_PAGE_SIZE };
	return readv(t->watch.fd, pieces, (int)t->pages + 1);
}

/* NULL: no frame that is one, or no memory. */
static struct mir_buf *
accept_frame(struct tap *t, const uint8_t header[VNET_HDR], ssize_t len)
{
	struct vnet_frame f = { 0 };
	struct mir_buf *b;

	if (!t->nif.client.rx || len < ETH_HEADER)
		return NULL;
	if (t->header && vnet_parse(header, (size_t)len, t->joins, &f))
		return NULL;
	if (!f.gso_size && len > t->nif.info.mtu + ETH_HEADER + VLAN_TAG)
		return NULL;
	b = take_frame(t, (size_t)len);
	if (b) {
		b->flags |= f.flags;
		b->gso_size = f.gso_size;
	}
	return b;
}

/* False: there is none, or no memory for it. */
static bool
receive(struct tap *t)
{
	uint8_t header[VNET_HDR];
	struct mir_buf *b;
	ssize_t len;

	if (!fill(t)) {
		starve(t);
		return false;
	}
	len = read_frame(t, header);
	if (len < 0) {
		if (errno != EAGAIN && errno != EINTR)
			gone(t, errno);
		return false;
	}
	len -= t->header;
	b = accept_frame(t, header, len);
	if (!b) {
		t->nif.stats.rx_errors++;
		return true;
	}
	t->nif.stats.rx_frames++;
	t->nif.stats.rx_bytes += (uint64_t)len;
	t->nif.stats.rx_joined += b->gso_size != 0;
	t->nif.client.rx(t->nif.client.ctx, b);
	return true;
}

static void
tap_ready(struct unix_watch *w, uint32_t events)
{
	struct tap *t = (struct tap *)((char *)w - offsetof(struct tap, watch));

	if (events & EPOLLOUT) {
		t->full = false;
		watch(t);
		if (t->nif.client.tx_ready)
			t->nif.client.tx_ready(t->nif.client.ctx);
	}
	if (events & ~(uint32_t)EPOLLOUT)
		for (unsigned i = 0; i < BUDGET && receive(t); i++)
			continue;
}

static int
tap_tx_flat(struct mir_netif *nif, struct mir_buf *b, size_t len)
{
	struct mir_buf *flat = mir_buf_copy(b);
	int err;

	if (!flat)
		return MIR_ENOMEM;
	nif->stats.copied_bytes += len;
	err = nif->ops->tx(nif, flat);
	mir_buf_free(err ? flat : b);
	return err;
}

/* -1 and errno: it was not taken. */
static ssize_t
write_frame(struct tap *t, const struct mir_buf *b)
{
	uint8_t header[VNET_HDR];
	struct iovec pieces[1 + PIECES] = { { header, t->header } };
	int n = 1;

	if (t->header)
		vnet_build(header, b);
	for (; b; b = b->next)
		pieces[n++] = (struct iovec){ b->data, b->len };
	return writev(t->watch.fd, pieces, n);
}

/* A frame that the host doesn't want (the device is down) is lost, as on a cable. */
static int
tap_tx(struct mir_netif *nif, struct mir_buf *b)
{
	struct tap *t = (struct tap *)nif;
	size_t len = mir_buf_len(b);

	if (!nif->info.link)
		return MIR_EGONE;
	if (len > (b->gso_size ? nif->info.gso_max : nif->info.mtu + ETH_HEADER + 0u))
		return MIR_EMSGSIZE;
	if (mir_buf_pieces(b) > PIECES)
		return tap_tx_flat(nif, b, len);
	if (write_frame(t, b) < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
		nif->stats.tx_full++;
		t->full = true;
		watch(t);
		return MIR_EAGAIN;
	}
	nif->stats.tx_frames++;
	nif->stats.tx_bytes += len;
	nif->stats.tx_cut += b->gso_size != 0;
	mir_buf_free(b);
	return MIR_OK;
}

static const struct mir_netif_ops tap_ops = { .name = "tap", .tx = tap_tx };

/* As the host has set it for its own end. */
static uint16_t
read_mtu(struct ifreq *request)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), mtu = 1500;

	if (fd >= 0 && !ioctl(fd, SIOCGIFMTU, request))
		mtu = request->ifr_mtu;
	if (fd >= 0)
		close(fd);
	return (uint16_t)(mtu < 576 ? 576 : mtu > (int)MTU_MAX ? (int)MTU_MAX : mtu);
}

/* What the host offers on this attachment, whoever had the device before. */
static void
read_offload(struct tap *t, int fd, bool vnet)
{
	int size = VNET_HDR;

	t->pages = 1;
	if (!vnet)
		return;
	ioctl(fd, TUNSETVNETHDRSZ, &size);
	t->header = VNET_HDR;
	t->nif.info.offload = CSUM | TSO;
	t->nif.info.gso_max = VNET_FRAME_MAX;
	if (ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6))
		return;
	t->joins = CSUM | TSO;
	t->pages = PAGES_MAX;
}

/* The descriptor, or the error that was logged. */
static int
attach(struct tap *t, const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), number = errno;
	unsigned features = 0;
	bool vnet = fd >= 0 && !ioctl(fd, TUNGETFEATURES, &features) && (features & IFF_VNET_HDR);

	if (strlen(name) >= sizeof request.ifr_name) {
		mir_error("tap", "'%s' is too long a name for a network device", name);
		return MIR_EINVAL;
	}
	strcpy(request.ifr_name, name);
	request.ifr_flags |= vnet ? IFF_VNET_HDR : 0;
	if (fd >= 0 && !ioctl(fd, TUNSETIFF, &request)) {
		read_offload(t, fd, vnet);
		t->nif.info.mtu = read_mtu(&request);
		return fd;
	}
	number = fd >= 0 ? errno : number;
	mir_error("tap", "the host refuses the tap device '%s': %s", name, strerror(number));
	if (number == EPERM || number == EACCES)
		mir_error("tap", "as root: ip tuntap add dev %s mode tap user USER", name);
	if (fd >= 0)
		close(fd);
	return unix_error(number);
}

/* The same name gives the same address, so that the neighbours' caches stay true. */
static void
make_mac(const char *name, uint8_t mac[6])
{
	static const uint8_t key[SIPHASH_KEY] = "mir's tap device";
	uint64_t hash = siphash(key, name, strlen(name));

	memcpy(mac, &hash, 6);
	mac[0] = (uint8_t)((mac[0] & ~1) | 2);	/* One station's, locally administered. */
}

static int
open_tap(unsigned n)
{
	struct tap *t = &taps[n];
	int err;

	t->watch.fd = attach(t, names[n]);
	if (t->watch.fd < 0)
		return t->watch.fd;
	t->watch.ready = tap_ready;
	t->refill.fire = refill_fired;
	err = unix_watch(&t->watch, EPOLLIN);
	if (err)
		return err;
	t->nif.ops = &tap_ops;
	t->nif.device.index = n;
	t->nif.info.link = true;
	make_mac(names[n], t->nif.info.mac);
	mir_netif_register(&t->nif);
	return MIR_OK;
}

static int
start(void)
{
	int err = MIR_OK, one;

	for (unsigned n = 0; n < DEVICES; n++) {
		one = names[n] ? open_tap(n) : MIR_OK;
		err = err ? err : one;
	}
	if (!names[0])
		mir_warn("tap", "no key tap=NAME: there is no network device 0");
	if (err)			/* No other will come: the user has to know now. */
		mir_exit_request(MIR_EXIT_CRASH);
	return err;
}

MIR_MODULE(tap, MIR_LEVEL_DRIVER, start);
