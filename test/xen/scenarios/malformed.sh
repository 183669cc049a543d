check "www boots" malformed create_www malformed 16 || exit 0
for n in 1 2 3 4 5 6 7 8 ; do
timeout 60 /guest/mutate xenbr0 10.0.0.16 00:16:3e:00:00:10 10.0.0.77 18000 $n; 
b=$SECONDS
echo "bench: # neigh before: $(ip neigh show dev xenbr0 | tr '\n' ';')"
fetch http://10.0.0.16/architecture.html $work/x 20 || echo "bench: # neigh $(ip neigh show dev xenbr0 | tr '\n' ';')"
echo "bench: # $n took $((SECONDS-b)) s"
if [ $((SECONDS-b)) -gt 2 ]; then ping -c 2 10.0.0.16 | sed 's/^/bench: # /'; until_true 40 counters 10.0.0.16 "$work/after"; sed 's/^/bench: # /' $work/after;  fi
done
ok done
