/* SPDX-License-Identifier: ISC */
/* Network devices on taps of a Linux host: each frame is one read or one write.
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
#include "mir/err.h"
#include "mir/log.h"
#include "mir/module.h"
#include "mir/netif.h"
#include "mir/page.h"
#include "mir/param.h"
#include "mir/platform.h"
#include "unix/unix.h"

#define DEVICES		4
#define BUDGET		64		/* Frames that one look takes in. */
#define COPYBREAK	256		/* Frames up to that are copied, not to hold a page each. */
#define PIECES		32		/* Of a frame; longer chains are copied. */
#define ETH_HEADER	14
#define MTU_MAX		(MIR_PAGE_SIZE - ETH_HEADER - 4)

struct tap {
	struct mir_netif nif;		/* First. */
	struct unix_watch watch;
	struct mir_buf *spare;		/* A page that the next frame is read into. */
};

static struct tap taps[DEVICES];
static const char *names[DEVICES];
MIR_PARAM(tap, mir_param_text, &names[0], "NAME", "the host's tap device that vif 0 is on");
MIR_PARAM(tap1, mir_param_text, &names[1], "NAME", "the host's tap device that vif 1 is on");
MIR_PARAM(tap2, mir_param_text, &names[2], "NAME", "the host's tap device that vif 2 is on");
MIR_PARAM(tap3, mir_param_text, &names[3], "NAME", "the host's tap device that vif 3 is on");

static void
gone(struct tap *t, int number)
{
	mir_warn("tap", "vif %u: the tap device is gone: %s", t->nif.device.index, strerror(number));
	unix_unwatch(&t->watch);
	close(t->watch.fd);
	t->nif.info.link = false;
	if (t->nif.client.link)
		t->nif.client.link(t->nif.client.ctx);
}

/* The frame of 'len' bytes in the spare page as a chain of its own. */
static struct mir_buf *
take_frame(struct tap *t, size_t len)
{
	struct mir_buf *b = t->spare, *small;

	if (len <= COPYBREAK) {
		small = mir_buf_copy_in(b->data, len);
		t->nif.stats.copied_bytes += small ? len : 0;
		return small;
	}
	t->spare = NULL;
	mir_buf_trim_to(b, len);
	return b;
}

/* False: there is none, or no memory for it. */
static bool
receive(struct tap *t)
{
	size_t most = t->nif.info.mtu + ETH_HEADER + 4u;
	struct mir_buf *b;
	ssize_t len;

	if (!t->spare)
		t->spare = mir_buf_alloc(0, most);
	if (!t->spare)
		return false;
	len = read(t->watch.fd, t->spare->data, most);
	if (len < 0) {
		if (errno != EAGAIN && errno != EINTR)
			gone(t, errno);
		return false;
	}
	b = len < ETH_HEADER ? NULL : take_frame(t, (size_t)len);
	if (!b || !t->nif.client.rx) {
		t->nif.stats.rx_errors++;
		mir_buf_free(b);
		return true;
	}
	t->nif.stats.rx_frames++;
	t->nif.stats.rx_bytes += (uint64_t)len;
	t->nif.client.rx(t->nif.client.ctx, b);
	return true;
}

static void
tap_ready(struct unix_watch *w, uint32_t events)
{
	struct tap *t = (struct tap *)((char *)w - offsetof(struct tap, watch));

	if (events & EPOLLOUT) {
		unix_rewatch(w, EPOLLIN);
		if (t->nif.client.tx_ready)
			t->nif.client.tx_ready(t->nif.client.ctx);
	}
	if (events & ~(uint32_t)EPOLLOUT)
		for (unsigned i = 0; i < BUDGET && receive(t); i++)
			continue;
}

/* The pieces of a frame; 0: more than PIECES. */
static int
gather(const struct mir_buf *b, struct iovec to[PIECES])
{
	int n = 0;

	for (; b; b = b->next) {
		if (n == PIECES)
			return 0;
		to[n++] = (struct iovec){ .iov_base = b->data, .iov_len = b->len };
	}
	return n;
}

static int
tap_tx_flat(struct mir_netif *nif, struct mir_buf *b, size_t len)
{
	struct mir_buf *flat = mir_buf_alloc(0, len);
	int err;

	if (!flat)
		return MIR_ENOMEM;
	mir_buf_copy_out(b, 0, flat->data, len);
	nif->stats.copied_bytes += len;
	err = nif->ops->tx(nif, flat);
	mir_buf_free(err ? flat : b);
	return err;
}

/* A frame that the host doesn't want (the device is down) is lost, as on a cable. */
static int
tap_tx(struct mir_netif *nif, struct mir_buf *b)
{
	struct tap *t = (struct tap *)nif;
	size_t len = mir_buf_len(b);
	struct iovec pieces[PIECES];
	int count;

	if (!nif->info.link)
		return MIR_EGONE;
	if (len > nif->info.mtu + ETH_HEADER + 0u)
		return MIR_EMSGSIZE;
	count = gather(b, pieces);
	if (!count)
		return tap_tx_flat(nif, b, len);
	if (writev(t->watch.fd, pieces, count) < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
		nif->stats.tx_full++;
		unix_rewatch(&t->watch, EPOLLIN | EPOLLOUT);
		return MIR_EAGAIN;
	}
	nif->stats.tx_frames++;
	nif->stats.tx_bytes += len;
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

/* The descriptor, or the error that was logged. */
static int
attach(const char *name, uint16_t *mtu)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), number = errno;

	if (strlen(name) >= sizeof request.ifr_name) {
		mir_error("tap", "'%s' is too long a name for a network device", name);
		return MIR_EINVAL;
	}
	strcpy(request.ifr_name, name);
	if (fd >= 0 && !ioctl(fd, TUNSETIFF, &request)) {
		*mtu = read_mtu(&request);
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

	t->watch.fd = attach(names[n], &t->nif.info.mtu);
	if (t->watch.fd < 0)
		return t->watch.fd;
	t->watch.ready = tap_ready;
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
