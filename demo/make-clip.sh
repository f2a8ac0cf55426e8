#!/usr/bin/env bash
# Makes clip.mp4, which ./sluice demo plays: drawn and composed here, so it is nobody else's work.
# MP4 with H.264 and AAC plays in every common browser, in VLC and on television sets; the index comes first (faststart), and a key
# frame every two seconds makes seeking quick. A clock in the picture and a note every half second show that seeks land where they should.
#   make-clip.sh [OUT]      needs ffmpeg with libx264, and fonts-dejavu-core
set -euo pipefail
out=${1:-$(dirname "${BASH_SOURCE[0]}")/clip.mp4}
fonts=/usr/share/fonts/truetype/dejavu
seconds=24

# Three waves, one behind the other, each with its own colour, under a night sky.
far='212+13*sin(X/71+T*0.9)+5*sin(X/29-T*1.3)'
middle='238+11*sin(X/57-T*1.2+1)+5*sin(X/23+T*1.7)'
near='272+12*sin(X/47+T*1.6+2)+4*sin(X/17-T*2.1)'
paint() { # the colour of each layer in one channel: sky at the top, sky at the horizon, far, middle, near
  printf "if(gt(Y,%s),%s-(Y-272)/4,if(gt(Y,%s),%s,if(gt(Y,%s),%s,%s+(%s-%s)*Y/260)))" \
    "$near" "$5" "$middle" "$4" "$far" "$3" "$1" "$2" "$1"
}
picture="nullsrc=size=640x360:rate=25:duration=$seconds,format=gbrp"
picture+=",geq=r='$(paint 8 30 22 28 52)':g='$(paint 14 62 92 132 178)':b='$(paint 38 104 136 172 208)'"
picture+=",drawtext=fontfile=$fonts/DejaVuSans-Bold.ttf:text=Sluice:fontsize=84:fontcolor=white:x=(w-tw)/2:y=56+4*sin(t*1.6):shadowcolor=black@0.35:shadowx=3:shadowy=3"
picture+=",drawtext=fontfile=$fonts/DejaVuSans.ttf:text='from the swarm to the web':fontsize=24:fontcolor=0xbfe6f5:x=(w-tw)/2:y=158"
picture+=",drawtext=fontfile=$fonts/DejaVuSansMono-Bold.ttf:text='%{eif\\:floor(t)\\:d\\:2}.%{eif\\:floor(mod(t*10,10))\\:d} s':fontsize=34:fontcolor=white:x=(w-tw)/2:y=300"
# how far it is, along the lower edge
picture+="[scene];color=0x0b2436:size=640x6:rate=25:duration=${seconds}[rail];color=0xffc857:size=640x6:rate=25:duration=${seconds}[bar]"
picture+=";[rail][bar]overlay=x='-w+w*t/$seconds'[progress];[scene][progress]overlay=y=H-6,format=yuv420p"

# An arpeggio over A minor, F, C and G: a plucked note every half second over a quiet bass.
note='pow(2\,(st(1\,mod(floor(t/3)\,4))*0+if(eq(ld(1)\,0)\,0\,if(eq(ld(1)\,1)\,-4\,if(eq(ld(1)\,2)\,3\,-2)))'
bass="0.10*sin(2*PI*110*$note)/12)*t)"
step='if(eq(mod(floor(t*2)\,4)\,1)\,7\,if(eq(mod(floor(t*2)\,4)\,2)\,12\,if(eq(mod(floor(t*2)\,4)\,3)\,7\,0)))'
pluck="0.28*exp(-5*mod(t\,0.5))*(1-exp(-400*mod(t\,0.5)))*(sin(2*PI*220*$note+$step)/12)*t)+0.3*sin(2*PI*440*$note+$step)/12)*t))"
sound="aevalsrc=exprs=$bass+$pluck:sample_rate=48000:duration=$seconds,afade=in:duration=0.4,afade=out:start_time=$((seconds - 2)):duration=2"

ffmpeg -hide_banner -loglevel error -y -filter_complex "${picture}[v];${sound}[a]" -map '[v]' -map '[a]' \
  -c:v libx264 -preset slow -profile:v high -crf 21 -g 50 -keyint_min 50 -sc_threshold 0 \
  -c:a aac -b:a 112k -ac 2 -map_metadata -1 -metadata title='Sluice' -movflags +faststart -bitexact "$out"
