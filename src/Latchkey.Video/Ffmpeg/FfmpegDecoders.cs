namespace Latchkey.Video.Ffmpeg;

/// <summary>
/// The decoders that sources may use, of the some five hundred that ffmpeg has: what cameras, phones, editors and older archives write. Others are
/// refused, among them all that render documents (SVG, XBM, ANSI) or belong to one game.
/// </summary>
internal static class FfmpegDecoders
{
    private const string Video =
        "h264,hevc,av1,libdav1d,libaom-av1,vp9,libvpx-vp9,vp8,libvpx,vp7,vp6,vp6a,vp6f,vp3,theora,"
        + "mpeg1video,mpeg2video,mpegvideo,mpeg4,msmpeg4v1,msmpeg4v2,msmpeg4,h261,h263,h263i,h263p,flv,flashsv,flashsv2,"
        + "vc1,wmv1,wmv2,wmv3,mss1,mss2,rv10,rv20,rv30,rv40,prores,dnxhd,cfhd,hap,dvvideo,mjpeg,mjpegb,jpeg2000,libopenjpeg,"
        + "ffv1,ffvhuff,huffyuv,hymt,utvideo,magicyuv,lagarith,dirac,snow,qtrle,rpza,smc,cinepak,svq1,svq3,indeo2,indeo3,indeo4,indeo5,"
        + "rawvideo,wrapped_avframe,v210,v308,v408,v410,r10k,r210,yuv4,y41p,msvideo1,msrle,camtasia,tscc2,zmbv,png,webp,bmp,gif,tiff";

    private const string Audio =
        "aac,aac_latm,mp1,mp1float,mp2,mp2float,mp3,mp3float,ac3,eac3,dca,truehd,mlp,flac,alac,opus,libopus,vorbis,libvorbis,"
        + "speex,libspeex,wmav1,wmav2,wmapro,wmalossless,wmavoice,amrnb,amrwb,g722,g726,gsm,libgsm,gsm_ms,libgsm_ms,nellymoser,"
        + "cook,sipr,ralf,real_144,real_288,atrac1,atrac3,atrac3plus,qdm2,qdmc,mace3,mace6,wavpack,tta,s302m,dvaudio,"
        + "adpcm_ima_wav,adpcm_ima_qt,adpcm_ms,adpcm_swf,adpcm_yamaha,pcm_alaw,pcm_mulaw,pcm_bluray,pcm_dvd,pcm_lxf,"
        + "pcm_f16le,pcm_f24le,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_s8,pcm_s8_planar,pcm_u8,pcm_s16be,pcm_s16be_planar,pcm_s16le,"
        + "pcm_s16le_planar,pcm_s24be,pcm_s24daud,pcm_s24le,pcm_s24le_planar,pcm_s32be,pcm_s32le,pcm_s32le_planar,pcm_s64be,pcm_s64le,"
        + "pcm_u16be,pcm_u16le,pcm_u24be,pcm_u24le,pcm_u32be,pcm_u32le";

    /// <summary>Never decoded by us; ffprobe opens them, and ends when it may not.</summary>
    private const string Subtitles = "mov_text,subrip,srt,ass,ssa,webvtt,text,dvbsub,dvdsub,pgssub,xsub,cc_dec,libzvbi_teletextdec";

    public const string Allowed = Video + "," + Audio + "," + Subtitles;
}
