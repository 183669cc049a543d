# SPDX-License-Identifier: ISC
# Power off and restart on the tool stack's word; the console in both directions.
domid_is_new() {
	local d
	d=$(xl domid again) && [ "$d" != "$old" ]
}
# xl console reads only from a terminal: script makes it one.
echoed() {
	{ sleep 1; echo "the quick brown fox"; until_true 30 grep -q "brown fox" "$work/typed"; sleep 1; } |
		timeout 60 script -q -c "xl console hello" /dev/null >"$work/typed" 2>&1
	grep -q "the quick brown fox" "$work/typed" || { cat "$work/typed"; return 1; }
}
start hello hello || exit 0
check "hello prints" hello wait_console hello .
check "what is typed at xl console comes back" hello echoed
check "xl shutdown -w ends hello" hello timeout 90 xl shutdown -w hello
check "hello is gone" hello until_true 60 gone hello

check "www boots" again create_www again 13 || exit 0
old=$(xl domid again)
check "xl reboot is taken" again timeout 90 xl reboot again
check "the domain comes up anew" again until_true 60 domid_is_new
check "www serves after the reboot" again until_true 60 serves 10.0.0.13
check "xl shutdown -w ends www" again timeout 90 xl shutdown -w again
