/* SPDX-License-Identifier: ISC */
/* sources: drivers/doubles/faults_open.c drivers/doubles/pair.c drivers/doubles/wire.c drivers/doubles/words.c */
/* drivers/doubles/faults: in front of a device, both ways. */
#include "drivers/doubles/faults.h"
#include "drivers/doubles/pair.h"
#include "mir/err.h"
#include "mir/param.h"
#include "test/unit/harness.h"

static struct double_pair pair;
static struct double_faults faults;
static unsigned near_frames, far_frames, links, readies;

static void
count_rx(void *ctx, struct mir_buf *b)
{
	++*(unsigned *)ctx;
	mir_buf_free(b);
}

static void
count_ready(void *ctx)
{
	(void)ctx;
	readies++;
}

static void
count_link(void *ctx)
{
	(void)ctx;
	links++;
}

/* The double on one end of a perfect pair; the test is at the far end and behind the double. */
static struct mir_netif *
build(struct linkmodel_settings link)
{
	struct mir_netif_client far = { count_rx, count_ready, count_link, &far_frames };
	struct mir_netif_client near = { count_rx, count_ready, count_link, &near_frames };
	struct mir_netif *nif;

	double_pair_make(&pair, &(struct double_pair_settings){ .mtu = 1400 });
	nif = double_faults_make(&faults, &(struct double_faults_settings){ link, 3 },
				 &pair.end[0].netif);
	near_frames = far_frames = links = readies = 0;
	mir_netif_attach(nif, &near);
	mir_netif_attach(&pair.end[1].netif, &far);
	return nif;
}

static int
send_to(struct mir_netif *nif, size_t len)
{
	struct mir_buf *b = mir_buf_alloc(0, len);
	int err;

	memset(b->data, 0, len);
	err = mir_netif_tx(nif, b);
	if (err)
		mir_buf_free(b);
	return err;
}

TEST(without_faults_all_passes_and_info_is_the_devices)
{
	struct mir_netif *nif = build((struct linkmodel_settings){ 0 });

	CHECK_EQ(nif->info.mtu, 1400);
	CHECK_EQ(nif->info.mac[5], 1);
	CHECK_EQ(links, 2);
	CHECK_EQ(send_to(nif, 100), MIR_OK);
	CHECK_EQ(send_to(nif, 1415), MIR_EMSGSIZE);
	CHECK_EQ(send_to(&pair.end[1].netif, 100), MIR_OK);
	test_advance(1);
	CHECK_EQ(near_frames, 1);
	CHECK_EQ(far_frames, 1);
	double_pair_link(&pair, false);
	CHECK_EQ(links, 4);
	CHECK_EQ(send_to(nif, 100), MIR_EGONE);
}

TEST(faults_are_for_both_ways)
{
	struct mir_netif *nif = build((struct linkmodel_settings){ .loss = 500 });

	for (int i = 0; i < 200; i++) {
		CHECK_EQ(send_to(nif, 100), MIR_OK);
		CHECK_EQ(send_to(&pair.end[1].netif, 100), MIR_OK);
		test_advance(1);
	}
	CHECK(near_frames > 50 && near_frames < 150);
	CHECK(far_frames > 50 && far_frames < 150);
}

TEST(a_full_device_is_waited_for)
{
	struct mir_netif *nif = build((struct linkmodel_settings){ 0 });

	for (unsigned i = 0; i < DOUBLE_WIRE_FRAMES + 10; i++)
		CHECK_EQ(send_to(nif, 100), MIR_OK);
	test_advance(1);
	test_advance(1);
	CHECK_EQ(far_frames, DOUBLE_WIRE_FRAMES + 10);
	CHECK(readies > 0);
}

TEST(the_key_says_which)
{
	struct mir_netif *nif;
	char why[300];

	CHECK_EQ(mir_param_parse("netfault=loss:1001", why, sizeof why), MIR_EINVAL);
	CHECK_EQ(mir_param_parse("netfault=loss:50,dup:10,delay:20,rate:125,mtu:1000,seed:9", why,
				 sizeof why), MIR_OK);
	double_pair_make(&pair, &(struct double_pair_settings){ 0 });
	CHECK_EQ(double_faults_open(&pair.end[0].netif, &nif), MIR_OK);
	faults = *(struct double_faults *)nif;
	CHECK_EQ(faults.wire.model.settings[0].loss, 50);
	CHECK_EQ(faults.wire.model.settings[1].duplicate, 10);
	CHECK_EQ(faults.wire.model.settings[1].delay, MIR_MS(20));
	CHECK_EQ(faults.wire.model.settings[1].rate, 125000);
	CHECK_EQ(faults.wire.model.settings[1].mtu, 1000);
}
