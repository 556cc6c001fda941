import type { CatalogueEntry } from './catalogue-entry.ts';

/** What is wrong with a file. A creator reads these: the fix comes first for them, then what an operator can set. */
export const inputErrors = {
  INPUT_EMPTY: {
    httpStatus: 422,
    retryable: false,
    cause: 'The uploaded file has no bytes.',
    fix: 'Check that the export or recording has finished, and upload the file again.',
  },
  INPUT_NOT_MEDIA: {
    httpStatus: 422,
    retryable: false,
    cause:
      'The file is not a video: its bytes are of another kind, or of none that we know. A name that ends in .mp4 changes nothing about that.',
    fix: 'Upload the video file itself (MP4, MOV, MKV, WebM, AVI, TS …).',
  },
  INPUT_PLAYLIST_REFUSED: {
    httpStatus: 422,
    retryable: false,
    cause: 'The file is a playlist or a description that points to other files, not a video.',
    fix: 'Upload the video itself, as one file.',
  },
  INPUT_FORMAT_UNSUPPORTED: {
    httpStatus: 422,
    retryable: false,
    cause: 'We know this kind of file, and it is not on the list of containers that we read.',
    fix: 'Convert it to MP4 or MKV, and upload that.',
  },
  INPUT_CODEC_UNSUPPORTED: {
    httpStatus: 422,
    retryable: false,
    cause: 'The picture is in a codec, or in a form of it, that is not on the list of what we decode.',
    fix: 'Export it with a common codec (H.264, HEVC, VP9, AV1, ProRes …), and upload that.',
  },
  INPUT_NO_VIDEO: {
    httpStatus: 422,
    retryable: false,
    cause: 'The file has no moving picture: sound only, or a still picture such as a cover.',
    fix: 'Upload a file with a moving picture.',
    operatorFix: 'AUDIO_ONLY=publish takes files of sound alone.',
  },
  INPUT_TOO_LARGE_PIXELS: {
    httpStatus: 422,
    retryable: false,
    cause: 'The picture is larger than the limit of this installation.',
    fix: 'Export it in a smaller size, and upload that.',
    operatorFix: 'MAX_SIDE_PIXELS and MAX_PIXELS set the limit.',
  },
  INPUT_TOO_LONG: {
    httpStatus: 422,
    retryable: false,
    cause: 'The video is longer than the limit of this installation.',
    fix: 'Split it, and upload the parts.',
    operatorFix: 'MAX_DURATION_SECONDS sets the limit.',
  },
  INPUT_TOO_MANY_STREAMS: {
    httpStatus: 422,
    retryable: false,
    cause:
      'The file holds more streams than the limit of this installation, or than 1,000, which is all that ffmpeg reads.',
    fix: 'Export it with one video track and the sound tracks that are needed, and upload that.',
    operatorFix: 'MAX_STREAMS sets the limit, up to 1,000.',
  },
  INPUT_TRUNCATED: {
    httpStatus: 422,
    retryable: false,
    cause: 'The file ends before the video does.',
    fix: 'Play your copy to its end: if all is there, upload it again; if not, export it again.',
    operatorFix:
      'Where pictures can be found in what is there, ON_DAMAGE=publish publishes them; in an MP4 without its table of contents none can.',
  },
  INPUT_DAMAGED: {
    httpStatus: 422,
    retryable: false,
    cause: 'Parts of the file cannot be read or decoded.',
    fix: 'Upload an undamaged copy, or export it again.',
    operatorFix: 'Where pictures can be decoded, ON_DAMAGE=publish publishes them.',
  },
  INPUT_ENCRYPTED: {
    httpStatus: 422,
    retryable: false,
    cause: 'The video is encrypted.',
    fix: 'Upload it without encryption or DRM.',
  },
} as const satisfies Record<string, CatalogueEntry>;
