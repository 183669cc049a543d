/* SPDX-License-Identifier: ISC */
/* What xenstore may say about a vif. */
/* sources: xen/xenstore/[bk]*.c */
#include "drivers/netfront/netfront.h"
#include "mir/err.h"
#include "mir/log.h"
#include "test/unit/harness.h"

int
xs_do(struct xs_request *requests, unsigned count)
{
	(void)requests;
	(void)count;
	return MIR_OK;
}

struct xs_request
xs_to_watch(struct xs_watch *w)
{
	return (struct xs_request){ .path = w->path };
}

bool
netfront_groups_filter(const struct netfront *nf)
{
	(void)nf;
	return false;
}

unsigned
netfront_queues_asked(void)
{
	return 1;
}

static const struct { const char *text; int want; } macs[] = {
	{ "00:16:3e:00:00:01", MIR_OK },
	{ "FE:ff:Ff:aB:Cd:90", MIR_OK },
	{ "01:16:3e:00:00:01", MIR_EINVAL },
	{ "00:16:3e:00:00:0", MIR_EINVAL },
	{ "00:16:3e:00:00:012", MIR_EINVAL },
	{ "00:16:3e:00:00:01:", MIR_EINVAL },
	{ "00:16:3e:00:00", MIR_EINVAL },
	{ "00-16-3e-00-00-01", MIR_EINVAL },
	{ "0g:16:3e:00:00:01", MIR_EINVAL },
	{ "0", MIR_EINVAL },
	{ "", MIR_EINVAL },
};

TEST(mac_addresses)
{
	uint8_t mac[6];

	for (unsigned i = 0; i < sizeof macs / sizeof *macs; i++)
		CHECK_MSG(netfront_parse_mac(macs[i].text, mac) == macs[i].want, "%s",
			  macs[i].text);
	CHECK_EQ(netfront_parse_mac("00:16:3e:a1:B2:0f", mac), MIR_OK);
	CHECK_MEM(mac, "\x00\x16\x3e\xa1\xb2\x0f", 6);
}

static const struct { const char *text; unsigned want; } mtus[] = {
	{ "", 1500 }, { "1500", 1500 }, { "9000", 9000 }, { "68", 68 }, { "67", 1500 },
	{ "65521", 65521 }, { "65522", 1500 }, { "1500 ", 1500 }, { "-1", 1500 },
};

TEST(mtu_and_features)
{
	static struct netfront nf = { .mac_text = "00:16:3e:00:00:01" };

	mir_log_level = MIR_LOG_ERROR;
	strcpy(nf.feature_text[FEATURE_SG], "1");
	for (unsigned i = 0; i < sizeof mtus / sizeof *mtus; i++) {
		strcpy(nf.mtu_text, mtus[i].text);
		CHECK_EQ(netfront_take_keys(&nf), MIR_OK);
		CHECK_EQ(nf.nif.info.mtu, mtus[i].want);
		CHECK(nf.sg);
	}
	strcpy(nf.feature_text[FEATURE_SG], "10");
	CHECK_EQ(netfront_take_keys(&nf), MIR_OK);
	CHECK(!nf.sg);
}

/* Of the backend's features: scatter-gather, GSO v4, v6, checksums v6, none for v4. */
static const struct { const char *features; unsigned want; } offloads[] = {
	{ "00000", MIR_NETIF_CSUM4 },
	{ "00001", 0 },
	{ "11110", MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 | MIR_NETIF_TSO4 | MIR_NETIF_TSO6 },
	{ "01110", MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 },
	{ "11111", MIR_NETIF_CSUM6 | MIR_NETIF_TSO6 },
	{ "11100", MIR_NETIF_CSUM4 | MIR_NETIF_TSO4 },
	{ "10010", MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 },
	{ "2yn1 ", MIR_NETIF_CSUM4 | MIR_NETIF_CSUM6 },
};

TEST(offloads_of_the_backend)
{
	static struct netfront nf = { .mac_text = "00:16:3e:00:00:01" };

	for (unsigned i = 0; i < sizeof offloads / sizeof *offloads; i++) {
		for (unsigned f = 0; f <= FEATURE_NO_CSUM4; f++)
			nf.feature_text[f][0] = offloads[i].features[f];
		CHECK_EQ(netfront_take_keys(&nf), MIR_OK);
		CHECK_EQ(nf.nif.info.offload, offloads[i].want);
		CHECK_EQ(nf.nif.info.gso_max,
			 offloads[i].want & (MIR_NETIF_TSO4 | MIR_NETIF_TSO6) ? FRAME_MAX : 0);
	}
}
