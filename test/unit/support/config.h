/* SPDX-License-Identifier: ISC */
/* Unit tests run with www's configuration, but the host's C library and the sanitizers need
 * larger stacks. */
#undef CONFIG_TASK_STACK_PAGES
#define CONFIG_TASK_STACK_PAGES 64

/* Parts of the Unix target: small, so that tests reach the limits. */
#define CONFIG_HOSTKV_FOLDER "site"
#define CONFIG_HOSTKV_FILES 16
#define CONFIG_HOSTKV_CACHE_KB 64
#define CONFIG_HOSTSOCK_FLOWS 16
#define CONFIG_HOSTSOCK_SEND_LIMIT 65536
#define CONFIG_HOSTSOCK_UDP 4

#define CONFIG_VIRTIO_BLK_REQUESTS 64
#define CONFIG_BLKFRONT_REQUESTS 64
#define CONFIG_BLKFRONT_PAGES 128
#define CONFIG_BLKFRONT_RING_ORDER 0
#define CONFIG_BLKFRONT_QUEUES 1
#define CONFIG_BLKFRONT_PERSISTENT_DEFAULT 1
#define CONFIG_BLKFRONT_PATIENCE 60

/* Files, values and disks in memory, and test doubles. */
#define CONFIG_FS_MEM_KIB 64
#define CONFIG_FS_MEM_NODES 8
#define CONFIG_KV_MEM_KIB 16
#define CONFIG_KV_MEM_VALUES 4
#define CONFIG_PART_REQUESTS 4
#define CONFIG_DOUBLE_CLOCK_WORDS ""
#define CONFIG_DOUBLE_RANDOM_WORDS "00+"
#define CONFIG_DOUBLE_NETIF_FAULTS_WORDS ""
#define CONFIG_DOUBLE_BLOCK_WORDS ""
#define CONFIG_DOUBLE_FS_WORDS ""
#define CONFIG_DOUBLE_RESOLVER_WORDS "10.0.0.1"

/* The store: small, too. */
#define CONFIG_STORE_IDENTITY "Mir <mir@localhost>"
#define CONFIG_STORE_CACHE_KIB 16
#define CONFIG_STORE_VALUE_KIB 64
#define CONFIG_STORE_PATH 300
#define CONFIG_STORE_DEPTH 8
#define CONFIG_STORE_RETRIES 4
#define CONFIG_STORE_FRONTIER 8
#define CONFIG_STORE_WALK 1024
#define CONFIG_STORE_GC_OBJECTS 4096
#define CONFIG_STORE_MEMORY_KIB 16384
