# SPDX-License-Identifier: ISC
# A vif of two queues: both carry traffic; without the backend's or Xen's leave it is one.
max=/sys/module/xen_netback/parameters/max_queues
ask() {
	load 10.0.0.21 80 /index.html /guest/site/index.html 2000 16 close
}
side() {
	counters 10.0.0.21 "$work/queues" && [ "$(counter "$work/queues" "netfront_side_$1_frames")" -gt 1000 ]
}
key() {
	xenstore-read "/local/domain/$(xl domid "$1")/device/vif/0/$2"
}
echo 4 >$max
check "www boots with two queues" queues create_www queues 21 "$(static 21 queues=2)" || exit 0
check "the backend was told of two" queues [ "$(key queues multi-queue-num-queues)" = 2 ]
check "2,000 requests with a connection each" queues ask
check "the backend took the hash it was told" queues eval '! console_says queues "as it likes"'
check "the second queue sent its share" queues side tx
check "the second queue received its share" queues side rx
load 10.0.0.21 80 /index.html /guest/site/index.html 100000 4 close >/dev/null 2>&1 &
loader=$!
sleep 1
check "a vif of two queues detached while serving" queues timeout 90 xl network-detach queues 0
check "and attached again" queues timeout 90 xl network-attach queues \
	mac=00:16:3e:00:00:15 bridge=xenbr0 script=/guest/vif-fast
check "www serves on the new vif" queues until_true 60 serves 10.0.0.21
kill $loader
wait $loader 2>/dev/null
check "2,000 requests on the new vif" queues ask
check "its backend restarts" queues vif_restart queues 0 0
check "2,000 requests after that" queues ask
check "the guest went on with the rings" queues console_says queues "connected again"
check "the backend took the hash again" queues eval '! console_says queues "as it likes"'
check "it has two queues again" queues [ "$(key queues multi-queue-num-queues)" = 2 ]
destroy queues
check "www boots with too few event channels" queues create_www queues 21 \
	"$(static 21 queues=2)" max_event_channels=4
check "it says why it has one queue" queues wait_console queues "1 of 2 queues: queue 1"
destroy queues
echo 1 >$max
check "www boots where the backend takes one" queues create_www queues 21 "$(static 21 queues=2)"
check "it says so" queues wait_console queues "1 of 2 queues: the backend"
destroy queues
echo 4 >$max
