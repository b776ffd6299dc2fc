package org.airflowappliance.rpm;

/**
 * Numbers of the header entries that this tool writes or reads, as rpm's own tag table has them.
 */
public final class RpmTag {
  /** Region that a signature header's digest covers. */
  public static final int SIGNATURE_REGION = 62;

  /** Region that the signature and the digests of the main header cover. */
  public static final int HEADER_REGION = 63;

  static final int I18N_TABLE = 100;

  // Entries of the signature header.
  static final int SIGNED_BY_DSA = 267;
  static final int SIGNED_BY_RSA = 268;
  static final int SHA1_OF_HEADER = 269;
  static final int SHA256_OF_HEADER = 273;
  static final int SIZE_OF_HEADER_AND_PAYLOAD = 1000;
  static final int MD5_OF_HEADER_AND_PAYLOAD = 1004;

  /** Size of the uncompressed payload; in the signature header. */
  public static final int PAYLOAD_SIZE = 1007;

  // Entries of the main header.
  public static final int NAME = 1000;
  public static final int VERSION = 1001;
  public static final int RELEASE = 1002;
  public static final int EPOCH = 1003;
  public static final int SUMMARY = 1004;
  public static final int DESCRIPTION = 1005;
  public static final int BUILD_TIME = 1006;
  public static final int BUILD_HOST = 1007;
  public static final int SIZE = 1009;
  public static final int VENDOR = 1011;
  public static final int LICENSE = 1014;
  public static final int PACKAGER = 1015;
  public static final int GROUP = 1016;
  public static final int URL = 1020;
  public static final int OS = 1021;
  public static final int ARCH = 1022;
  public static final int PRE = 1023;
  public static final int POST = 1024;
  public static final int PREUN = 1025;
  public static final int POSTUN = 1026;
  public static final int FILE_SIZES = 1028;
  public static final int FILE_MODES = 1030;
  static final int FILE_RDEVS = 1033;
  public static final int FILE_TIMES = 1034;
  public static final int FILE_DIGESTS = 1035;
  public static final int FILE_LINKS = 1036;
  public static final int FILE_FLAGS = 1037;
  public static final int FILE_USERS = 1039;
  public static final int FILE_GROUPS = 1040;
  public static final int SOURCE_RPM = 1044;
  static final int FILE_VERIFY_FLAGS = 1045;
  public static final int PROVIDE_NAMES = 1047;
  public static final int REQUIRE_FLAGS = 1048;
  public static final int REQUIRE_NAMES = 1049;
  public static final int REQUIRE_VERSIONS = 1050;
  public static final int CONFLICT_FLAGS = 1053;
  public static final int CONFLICT_NAMES = 1054;
  public static final int CONFLICT_VERSIONS = 1055;
  static final int RPM_VERSION = 1064;
  public static final int CHANGELOG_TIMES = 1080;
  public static final int CHANGELOG_NAMES = 1081;
  public static final int CHANGELOG_TEXTS = 1082;
  public static final int PRE_SHELL = 1085;
  public static final int POST_SHELL = 1086;
  public static final int PREUN_SHELL = 1087;
  public static final int POSTUN_SHELL = 1088;
  static final int FILE_DEVICES = 1095;
  static final int FILE_INODES = 1096;
  static final int FILE_LANGUAGES = 1097;
  public static final int PROVIDE_FLAGS = 1112;
  public static final int PROVIDE_VERSIONS = 1113;
  public static final int DIR_INDEXES = 1116;
  public static final int BASE_NAMES = 1117;
  public static final int DIR_NAMES = 1118;
  static final int PAYLOAD_FORMAT = 1124;
  static final int PAYLOAD_COMPRESSOR = 1125;
  static final int PAYLOAD_FLAGS = 1126;
  static final int PLATFORM = 1132;
  public static final int POSTTRANS = 1152;
  public static final int POSTTRANS_SHELL = 1154;
  static final int FILE_DIGEST_ALGORITHM = 5011;
  static final int ENCODING = 5062;
  static final int PAYLOAD_DIGEST = 5092;
  static final int PAYLOAD_DIGEST_ALGORITHM = 5093;

  private RpmTag() {}
}
