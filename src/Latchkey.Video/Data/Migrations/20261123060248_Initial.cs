using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Latchkey.Video.Data.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "video_encoding_renditions",
                columns: table => new
                {
                    VideoId = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", nullable: false),
                    FailureReason = table.Column<string>(type: "TEXT", nullable: true),
                    Segments = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_encoding_renditions", x => new { x.VideoId, x.Name });
                });

            migrationBuilder.CreateTable(
                name: "video_encodings",
                columns: table => new
                {
                    VideoId = table.Column<string>(type: "TEXT", nullable: false),
                    SourceKey = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", nullable: false),
                    FailureReason = table.Column<string>(type: "TEXT", nullable: true),
                    MayCopy = table.Column<bool>(type: "INTEGER", nullable: false),
                    MakesMp4 = table.Column<bool>(type: "INTEGER", nullable: false),
                    ClipStart = table.Column<double>(type: "REAL", nullable: false),
                    ClipEnd = table.Column<double>(type: "REAL", nullable: true),
                    Plan = table.Column<string>(type: "TEXT", nullable: true),
                    PlanVersion = table.Column<int>(type: "INTEGER", nullable: false),
                    OldestVersion = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    PlannedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    FinishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_encodings", x => x.VideoId);
                });

            migrationBuilder.CreateTable(
                name: "video_playback_sessions",
                columns: table => new
                {
                    Hash = table.Column<string>(type: "TEXT", nullable: false),
                    VideoId = table.Column<string>(type: "TEXT", nullable: false),
                    ViewerHash = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_playback_sessions", x => x.Hash);
                });

            migrationBuilder.CreateTable(
                name: "video_playback_token_uses",
                columns: table => new
                {
                    Token = table.Column<Guid>(type: "TEXT", nullable: false),
                    VideoId = table.Column<string>(type: "TEXT", nullable: false),
                    SessionHash = table.Column<string>(type: "TEXT", nullable: false),
                    UsedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_playback_token_uses", x => x.Token);
                });

            migrationBuilder.CreateTable(
                name: "video_secrets",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_secrets", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "video_upload_tokens",
                columns: table => new
                {
                    Hash = table.Column<string>(type: "TEXT", nullable: false),
                    Token = table.Column<string>(type: "TEXT", nullable: false),
                    Environment = table.Column<string>(type: "TEXT", nullable: false),
                    Ttl = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: true),
                    VideoId = table.Column<string>(type: "TEXT", nullable: true),
                    MaxBytes = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_upload_tokens", x => x.Hash);
                });

            migrationBuilder.CreateTable(
                name: "video_videos",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Environment = table.Column<string>(type: "TEXT", nullable: false),
                    Title = table.Column<string>(type: "TEXT", nullable: false),
                    TitleFolded = table.Column<string>(type: "TEXT", nullable: false),
                    Description = table.Column<string>(type: "TEXT", nullable: false),
                    DescriptionFolded = table.Column<string>(type: "TEXT", nullable: false),
                    Public = table.Column<bool>(type: "INTEGER", nullable: false),
                    Panoramic = table.Column<bool>(type: "INTEGER", nullable: false),
                    Mp4Support = table.Column<bool>(type: "INTEGER", nullable: false),
                    PlayerId = table.Column<string>(type: "TEXT", nullable: true),
                    Language = table.Column<string>(type: "TEXT", nullable: true),
                    Transcript = table.Column<bool>(type: "INTEGER", nullable: false),
                    TranscriptSummary = table.Column<bool>(type: "INTEGER", nullable: false),
                    TranscriptSummaryAttributes = table.Column<string>(type: "TEXT", nullable: true),
                    ClipStart = table.Column<double>(type: "REAL", nullable: false),
                    ClipEnd = table.Column<double>(type: "REAL", nullable: true),
                    LiveStreamId = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    PublishedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DiscardedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DeletesAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_videos", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "video_webhooks",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Environment = table.Column<string>(type: "TEXT", nullable: false),
                    EventList = table.Column<string>(type: "TEXT", nullable: false),
                    Url = table.Column<string>(type: "TEXT", nullable: false),
                    SignatureSecret = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_webhooks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "video_metadata",
                columns: table => new
                {
                    VideoId = table.Column<string>(type: "TEXT", nullable: false),
                    Key = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<string>(type: "TEXT", nullable: false),
                    Position = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_metadata", x => new { x.VideoId, x.Key });
                    table.ForeignKey(
                        name: "FK_video_metadata_video_videos_VideoId",
                        column: x => x.VideoId,
                        principalTable: "video_videos",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "video_sources",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    VideoId = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", nullable: false),
                    Mode = table.Column<string>(type: "TEXT", nullable: false),
                    FailureReason = table.Column<string>(type: "TEXT", nullable: true),
                    FileName = table.Column<string>(type: "TEXT", nullable: true),
                    Size = table.Column<long>(type: "INTEGER", nullable: true),
                    TotalParts = table.Column<int>(type: "INTEGER", nullable: true),
                    TotalBytes = table.Column<long>(type: "INTEGER", nullable: true),
                    Origin = table.Column<string>(type: "TEXT", nullable: true),
                    UploadTokenHash = table.Column<string>(type: "TEXT", nullable: true),
                    SenderMark = table.Column<string>(type: "TEXT", nullable: true),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_sources", x => x.Id);
                    table.ForeignKey(
                        name: "FK_video_sources_video_videos_VideoId",
                        column: x => x.VideoId,
                        principalTable: "video_videos",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "video_tags",
                columns: table => new
                {
                    VideoId = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<string>(type: "TEXT", nullable: false),
                    ValueFolded = table.Column<string>(type: "TEXT", nullable: false),
                    Position = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_tags", x => new { x.VideoId, x.Value });
                    table.ForeignKey(
                        name: "FK_video_tags_video_videos_VideoId",
                        column: x => x.VideoId,
                        principalTable: "video_videos",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "video_thumbnails",
                columns: table => new
                {
                    VideoId = table.Column<string>(type: "TEXT", nullable: false),
                    Origin = table.Column<string>(type: "TEXT", nullable: false),
                    Seconds = table.Column<double>(type: "REAL", nullable: true),
                    FileKey = table.Column<string>(type: "TEXT", nullable: true),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_thumbnails", x => x.VideoId);
                    table.ForeignKey(
                        name: "FK_video_thumbnails_video_videos_VideoId",
                        column: x => x.VideoId,
                        principalTable: "video_videos",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "video_received_parts",
                columns: table => new
                {
                    SourceId = table.Column<string>(type: "TEXT", nullable: false),
                    Number = table.Column<long>(type: "INTEGER", nullable: false),
                    Offset = table.Column<long>(type: "INTEGER", nullable: false),
                    Size = table.Column<long>(type: "INTEGER", nullable: false),
                    AsideKey = table.Column<string>(type: "TEXT", nullable: true),
                    ReceivedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_video_received_parts", x => new { x.SourceId, x.Number });
                    table.ForeignKey(
                        name: "FK_video_received_parts_video_sources_SourceId",
                        column: x => x.SourceId,
                        principalTable: "video_sources",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_video_encodings_State",
                table: "video_encodings",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_video_metadata_Key_Value",
                table: "video_metadata",
                columns: new[] { "Key", "Value" });

            migrationBuilder.CreateIndex(
                name: "IX_video_playback_sessions_ExpiresAt",
                table: "video_playback_sessions",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_video_playback_token_uses_ExpiresAt",
                table: "video_playback_token_uses",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_video_sources_State",
                table: "video_sources",
                column: "State");

            migrationBuilder.CreateIndex(
                name: "IX_video_sources_UploadTokenHash",
                table: "video_sources",
                column: "UploadTokenHash");

            migrationBuilder.CreateIndex(
                name: "IX_video_sources_VideoId",
                table: "video_sources",
                column: "VideoId",
                unique: true,
                filter: "\"State\" <> 'failed'");

            migrationBuilder.CreateIndex(
                name: "IX_video_tags_Value",
                table: "video_tags",
                column: "Value");

            migrationBuilder.CreateIndex(
                name: "IX_video_upload_tokens_Environment_CreatedAt",
                table: "video_upload_tokens",
                columns: new[] { "Environment", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_video_upload_tokens_ExpiresAt",
                table: "video_upload_tokens",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_video_videos_DeletesAt",
                table: "video_videos",
                column: "DeletesAt");

            migrationBuilder.CreateIndex(
                name: "IX_video_videos_Environment_DiscardedAt_CreatedAt",
                table: "video_videos",
                columns: new[] { "Environment", "DiscardedAt", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_video_videos_LiveStreamId",
                table: "video_videos",
                column: "LiveStreamId");

            migrationBuilder.CreateIndex(
                name: "IX_video_webhooks_Environment",
                table: "video_webhooks",
                column: "Environment");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "video_encoding_renditions");

            migrationBuilder.DropTable(
                name: "video_encodings");

            migrationBuilder.DropTable(
                name: "video_metadata");

            migrationBuilder.DropTable(
                name: "video_playback_sessions");

            migrationBuilder.DropTable(
                name: "video_playback_token_uses");

            migrationBuilder.DropTable(
                name: "video_received_parts");

            migrationBuilder.DropTable(
                name: "video_secrets");

            migrationBuilder.DropTable(
                name: "video_tags");

            migrationBuilder.DropTable(
                name: "video_thumbnails");

            migrationBuilder.DropTable(
                name: "video_upload_tokens");

            migrationBuilder.DropTable(
                name: "video_webhooks");

            migrationBuilder.DropTable(
                name: "video_sources");

            migrationBuilder.DropTable(
                name: "video_videos");
        }
    }
}
