# SPDX-License-Identifier: ISC
# The network device goes away under load and comes back.
vif_gone() {
	[ "$(xl network-list replug | wc -l)" -le 1 ]
}
check "www boots" replug create_www replug 14 || exit 0
load 10.0.0.14 80 /index.html /guest/site/index.html 100000 4 close >/dev/null 2>&1 &
loader=$!
sleep 1
check "vif detached while serving" replug timeout 30 xl network-detach replug 0
check "the vif is gone" replug until_true 20 vif_gone
check "the guest lives on without a vif" replug eval '! crashed replug'
check "vif attached again" replug timeout 30 xl network-attach replug 	mac=00:16:3e:00:00:0e bridge=xenbr0 script=/guest/vif-fast
check "www serves on the new vif" replug until_true 30 serves 10.0.0.14
kill $loader
wait $loader 2>/dev/null
check "the whole site on the new vif" replug same_files 10.0.0.14 /guest/site
