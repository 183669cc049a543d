# SPDX-License-Identifier: ISC
# Each image does one forbidden thing: Xen is told, and the console says what it was.
# One line each: the image's name, and the words.
crashes="exec_data that memory is not executable
write_text that memory is read-only
null null pointer
stack stack overflow
canary stack smashing detected"

while read -r -u 7 name words; do
	start "$name" "boot_$name" 'vif=[]'
done 7<<<"$crashes"
while read -r -u 7 name words; do
	check "$name: shown as crashed" "$name" until_true 60 crashed "$name"
	check "$name: \"$words\"" "$name" wait_console "$name" "$words" 30
done 7<<<"$crashes"
