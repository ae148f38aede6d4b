# It only reads, changes nothing, needs nothing installed, and holds no secret. Run it as root on the server.
# Each line says PASS, FAIL or UNKNOWN, what was checked, and what to do. The exit code is 1 if a check failed.
# Run it without arguments. A first argument would be used as the root of the file system, for tests.

# shellcheck disable=SC2317 # each operation calls only some of the functions
set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/sbin
root=${1-}
home=~root
home=$root$home
network=100.125.0.0/16
failed=0
carriage_return=$(printf '\r')

say() {
    printf '%-7s %-22s %s\n' "$1" "$2" "$3"
    if [ "$1" = FAIL ]; then failed=1; fi
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# The settings of sshd, and its ports.
sshd_settings=
if has sshd; then
    sshd_settings=$(sshd -T 2>/dev/null </dev/null) || sshd_settings=
fi

setting() {
    printf '%s\n' "$sshd_settings" | sed -n "s/^$1 //p"
}

ports=$(setting port)
: "${ports:=22}"

check_user() {
    if [ "$(id -u 2>/dev/null)" = 0 ]; then
        say PASS user "root"
    else
        say UNKNOWN user "run it as root: some files and settings are hidden from other users"
    fi
}

check_state() {
    case $operation in
        reset) say UNKNOWN state "the server is running: shut it down before reset" ;;
        replace) say PASS state "the server is running, which replace needs" ;;
        *) say PASS state "the server is running: give its login with the operation" ;;
    esac
}

check_credential() {
    if ! has passwd || ! status=$(passwd -S root 2>/dev/null </dev/null); then
        say UNKNOWN root-password "log in with it by hand; nobody knows it: shut the server down and bind then"
        return
    fi
    # shellcheck disable=SC2086 # split into words
    set -- $status
    case ${2-} in
        P | PS) say UNKNOWN root-password "one is set and not locked: log in with it by hand" ;;
        L | LK) say FAIL root-password "it is locked: unlock it (passwd -u root), or bind while the server is shut down" ;;
        NP) say FAIL root-password "none is set: set one, or bind while the server is shut down" ;;
        *) say UNKNOWN root-password "log in with it by hand" ;;
    esac
    if has chage && chage -l root 2>/dev/null </dev/null | grep -q 'must be changed'; then
        say FAIL root-password "it has expired: change it (passwd root)"
    fi
}

check_private_key() {
    say UNKNOWN private-key "log in with it by hand from elsewhere: ssh -i KEY.pem root@SERVER; it must be PEM, not PPK"
}

check_authorized_keys() {
    keys=$home/.ssh/authorized_keys
    if [ -h "$keys" ]; then
        say FAIL authorized_keys "it is a link: replace it by a file of root with mode 600"
    elif [ ! -e "$keys" ]; then
        if [ "$operation" = bind ]; then
            say PASS authorized_keys "there is none yet"
        else
            say FAIL authorized_keys "~root/.ssh/authorized_keys is missing: restore it"
        fi
    elif [ ! -f "$keys" ]; then
        say FAIL authorized_keys "it is no file: replace it by a file of root with mode 600"
    else
        check_owner
        check_immutable
        check_form
    fi
}

check_owner() {
    check_place "$home" "~root" 'd????-??-*' "chmod go-w"
    check_place "$home/.ssh" "~root/.ssh" 'd????-??-*' "chmod 700"
    check_place "$keys" authorized_keys '-r?-------*' "chmod 600"
}

# Checks owner and mode of $1, which is shown as $2. $3 is a pattern of correct modes, and $4 corrects others.
check_place() {
    # shellcheck disable=SC2046 # split into words
    set -- "$@" $(ls -ldn "$1" 2>/dev/null)
    if [ $# -lt 7 ]; then
        say UNKNOWN "$2" "it can't be looked at: is this root?"
        return
    fi
    # shellcheck disable=SC2254 # $3 is a pattern
    case $7:$5 in
        [!0]* | 0?*:*) say FAIL "$2" "it belongs to the user with the number $7: chown root" ;;
        0:$3) say PASS "$2" "it belongs to root, mode $5" ;;
        0:?????w* | 0:????????w*) say FAIL "$2" "its mode is $5, others may write: $4" ;;
        *) say UNKNOWN "$2" "its mode is $5, which sshd takes, but maybe not the service: $4" ;;
    esac
}

check_immutable() {
    flags=
    if has lsattr; then
        flags=$(lsattr -d "$keys" 2>/dev/null </dev/null) || flags=
    fi
    case ${flags%% *} in
        '') say UNKNOWN immutable "lsattr does not tell whether authorized_keys can be changed" ;;
        *[ia]*) say FAIL immutable "authorized_keys can't be changed: chattr -i -a" ;;
        *) say PASS immutable "authorized_keys can be changed" ;;
    esac
}

check_form() {
    if [ ! -r "$keys" ]; then
        say UNKNOWN form "authorized_keys can't be read: is this root?"
        return
    fi
    number=0
    wrong=
    while IFS= read -r text || [ -n "$text" ]; do
        number=$((number + 1))
        case $text in
            *"$carriage_return"*) wrong="$wrong $number" ;;
            '' | '#'* | *ssh-rsa\ * | *ssh-ed25519* | *ssh-dss\ * | *ecdsa-sha2-*) ;;
            *[!\ ]*) wrong="$wrong $number" ;;
        esac
    done <"$keys"
    if [ -n "$wrong" ]; then
        say FAIL form "lines of authorized_keys that are no public key:$wrong: restore them"
    else
        say PASS form "every line of authorized_keys looks like a public key"
    fi
}

check_security_group() {
    for port in $ports; do
        say UNKNOWN security-group "in the console: is inbound TCP $port open to $network?"
    done
}

check_interrupted() {
    say UNKNOWN interrupted "was the server stopped or started, or a disk detached, while the task ran?"
}

check_sshd() {
    if [ -z "$sshd_settings" ]; then
        say UNKNOWN sshd "sshd -T says nothing: run it as root, it names a mistake of sshd_config"
        return
    fi
    login=$(setting permitrootlogin)
    case $operation:$login in
        *:yes) say PASS PermitRootLogin "yes" ;;
        bind:prohibit-password | bind:without-password)
            say FAIL PermitRootLogin "$login: bind logs in with the password; set yes, or bind while the server is shut down" ;;
        *:prohibit-password | *:without-password) say PASS PermitRootLogin "$login: enough for a key" ;;
        *:no | *:forced-commands-only) say FAIL PermitRootLogin "$login: set yes, and restart sshd" ;;
        *) say UNKNOWN PermitRootLogin "look into sshd_config" ;;
    esac
    if [ "$operation" = bind ]; then
        yes_or_no PasswordAuthentication "$(setting passwordauthentication)"
    fi
    yes_or_no PubkeyAuthentication "$(setting pubkeyauthentication)"
    users=$(setting allowusers; setting allowgroups)
    if [ -n "$users" ] && ! printf '%s\n' "$users" | grep -Eq '^root(@|$)'; then
        say FAIL AllowUsers "root is not among them: add it, and restart sshd"
    fi
    if setting denyusers | grep -Eq '^root(@|$)'; then
        say FAIL DenyUsers "root is among them: take it out, and restart sshd"
    fi
}

yes_or_no() {
    case $2 in
        yes) say PASS "$1" "yes" ;;
        no) say FAIL "$1" "no: set yes, and restart sshd" ;;
        *) say UNKNOWN "$1" "look into sshd_config" ;;
    esac
}

check_port() {
    for port in $ports; do
        case $port in
            22) say PASS port "22" ;;
            *) say UNKNOWN port "$port: name it with the operation, and open it in the security group" ;;
        esac
        check_listening "$port"
    done
}

check_listening() {
    hex=$(printf '%04X' "$1" 2>/dev/null) || hex=
    readable=0
    found=0
    for table in "$root/proc/net/tcp" "$root/proc/net/tcp6"; do
        [ -r "$table" ] || continue
        readable=1
        while read -r _ local _ state _; do
            case $state:$local in
                0A:0100007F:"$hex" | 0A:00000000000000000000000001000000:"$hex") ;;
                0A:*:"$hex") found=1 ;;
            esac
        done <"$table"
    done
    if [ $readable = 0 ] || [ -z "$hex" ]; then
        say UNKNOWN listening "does sshd listen on port $1?"
    elif [ $found = 1 ]; then
        say PASS listening "a program listens on port $1"
    else
        say FAIL listening "nothing listens on port $1 for other hosts: start sshd"
    fi
}

check_host_firewall() {
    check_hosts_deny
    if has firewall-cmd && [ "$(firewall-cmd --state 2>/dev/null </dev/null)" = running ]; then
        check_firewalld
    elif [ -r "$root/proc/net/ip_tables_names" ] && has iptables && rules=$(iptables -S INPUT 2>/dev/null </dev/null); then
        check_rules iptables '--dports?[ 0-9,:]*[ ,:]PORT([^0-9]|$).*-j ACCEPT' \
            '-j ([^ADRL]|A[^C]|D[^R]|R[^E]|L[^O])|--dports? [^ ]*:|-A INPUT -j ACCEPT' \
            '^-P INPUT (DROP|REJECT)|^-A INPUT( -[ipm] [a-z0-9.+]+| --dports? ([0-9,]*,)?PORT(,[0-9,]*)?)* -j (DROP|REJECT)'
    elif grep -q '^nf_tables ' "$root/proc/modules" 2>/dev/null && has nft && rules=$(nft list ruleset 2>/dev/null </dev/null); then
        rules=$(printf '%s\n' "$rules" | sed -n '/hook input/,/^[[:space:]]*}[[:space:]]*$/p')
        check_rules nft 'dport .*(PORT|ssh).*accept' 'jump|goto|@|[0-9]-[0-9]' \
            'policy drop|dport ([{].*[ ,])?PORT[ ,].*(drop|reject)|^[[:space:]]*(counter( packets [0-9]+ bytes [0-9]+)? )?(drop|reject)'
    else
        say UNKNOWN firewall "no firewall was found that could be asked"
    fi
}

check_hosts_deny() {
    # What follows the names of programs that sshd is one of.
    refused=$(grep -Ei '^([^#:]*[[:space:],])?(all|sshd)([[:space:],][^:]*)?:' "$root/etc/hosts.deny" 2>/dev/null | cut -d : -f 2-)
    if ! printf '%s\n' "$refused" | grep -Eiq '(^|[[:space:],])(all|100\.125\.[0-9./]*)([[:space:],:]|$)'; then
        return
    fi
    if grep -Eiq '^[[:space:]]*(all|sshd)[[:space:]]*:.*(all|100\.125\.)' "$root/etc/hosts.allow" 2>/dev/null; then
        return
    fi
    case $refused in
        *[Ee][Xx][Cc][Ee][Pp][Tt]*) say UNKNOWN hosts.deny "it refuses sshd, with exceptions: is $network one of them?" ;;
        *) say FAIL hosts.deny "it refuses sshd: allow 100.125. in hosts.allow" ;;
    esac
}

check_firewalld() {
    zones=$(firewall-cmd --get-active-zones 2>/dev/null </dev/null | sed -n 's/^\([^[:space:]]\{1,\}\).*/\1/p')
    for port in $ports; do
        open_zones=
        closed_zones=
        rules=
        for zone in $zones; do
            if zone_opens; then
                open_zones="$open_zones $zone"
            else
                closed_zones="$closed_zones $zone"
                rules="$rules$(firewall-cmd --zone="$zone" --list-rich-rules 2>/dev/null </dev/null | grep accept)"
            fi
        done
        if [ -z "$zones" ]; then
            say UNKNOWN firewalld "it names no active zone: is port $port open to $network?"
        elif [ -z "$closed_zones" ]; then
            say PASS firewalld "port $port is open"
        elif [ -n "$open_zones" ]; then
            say UNKNOWN firewalld "port $port is open in the zone$open_zones, not in$closed_zones: which one is for $network?"
        elif printf '%s\n' "$rules" | grep -Eq '100\.125\.|^rule( family="?ipv4"?)? (port|service) '; then
            say UNKNOWN firewalld "a rich rule may open port $port to $network: look at it"
        else
            say FAIL firewalld "port $port is not open in the zone$closed_zones: open it to $network"
        fi
    done
}

# Whether the $zone of firewalld opens the $port to every host.
zone_opens() {
    if [ "$zone" = trusted ]; then return 0; fi
    case $port:" $(firewall-cmd --zone="$zone" --list-services 2>/dev/null </dev/null) " in
        22:*' ssh '*) return 0 ;;
    esac
    for range in $(firewall-cmd --zone="$zone" --list-ports 2>/dev/null </dev/null); do
        case $range in
            *[0-9]/tcp)
                last=${range%/tcp}
                if [ "${last%-*}" -le "$port" ] 2>/dev/null && [ "$port" -le "${last#*-}" ] 2>/dev/null; then return 0; fi
                ;;
        esac
    done
    return 1
}

# Checks $rules of the firewall $1. $2, $3 and $4 are regular expressions: $2 for a rule that accepts a PORT, $3 for rules
# that may accept it too, by a range of ports or in another chain, and $4 for rules that reject it from every host.
check_rules() {
    if printf '%s\n' "$rules" | grep -E '100\.125\.' | grep -Eiq 'drop|reject'; then
        say FAIL "$1" "a rule rejects $network: take it out"
    elif ! printf '%s\n' "$rules" | grep -Eiq 'drop|reject'; then
        say PASS "$1" "no rule rejects anything"
    else
        for port in $ports; do
            if matches "$2"; then
                say UNKNOWN "$1" "port $port is accepted by a rule: is it for $network too, and before those that reject?"
            elif matches "$4" && ! matches "$3"; then
                say FAIL "$1" "rules reject, and none accepts port $port: let $network in"
            else
                say UNKNOWN "$1" "look into its rules: do they let $network in on port $port?"
            fi
        done
    fi
}

# Whether one of the $rules matches $1, in which PORT stands for the $port.
matches() {
    printf '%s\n' "$rules" | grep -Eq -- "$(printf '%s\n' "$1" | sed "s/PORT/$port/g")"
}

check_disk() {
    free=$(df -P "$home" 2>/dev/null </dev/null | sed -n 2p)
    # shellcheck disable=SC2086 # split into words
    set -- $free
    case ${5-} in
        '') say UNKNOWN disk "df does not tell whether the disk is full" ;;
        100%) say FAIL disk "the disk of ~root is full: free some space" ;;
        *) say PASS disk "$5 of the disk of ~root is used" ;;
    esac
}

check_selinux() {
    enforce=
    if [ -r "$root/sys/fs/selinux/enforce" ]; then
        read -r enforce <"$root/sys/fs/selinux/enforce" || :
    fi
    if [ "$enforce" != 1 ]; then
        say PASS SELinux "it does not enforce"
        return
    fi
    case $(ls -dZ "$home/.ssh" 2>/dev/null) in
        *:ssh_home_t:*) say PASS SELinux "~root/.ssh has the type ssh_home_t" ;;
        *:*:*:*) say FAIL SELinux "~root/.ssh has another type than ssh_home_t: restorecon -R ~root/.ssh" ;;
        *) say UNKNOWN SELinux "it enforces; the type of ~root/.ssh is not known" ;;
    esac
}
