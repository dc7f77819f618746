using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Latchkey.Generation.Data.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "generation_budgets",
                columns: table => new
                {
                    OwnerId = table.Column<string>(type: "TEXT", nullable: false),
                    Available = table.Column<long>(type: "INTEGER", nullable: true),
                    Models = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_generation_budgets", x => x.OwnerId);
                });

            migrationBuilder.CreateTable(
                name: "generation_jobs",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    GroupId = table.Column<string>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    OwnerId = table.Column<string>(type: "TEXT", nullable: false),
                    IsSandbox = table.Column<bool>(type: "INTEGER", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    ModelId = table.Column<string>(type: "TEXT", nullable: false),
                    ModelName = table.Column<string>(type: "TEXT", nullable: false),
                    Prompt = table.Column<string>(type: "TEXT", nullable: false),
                    Order = table.Column<string>(type: "TEXT", nullable: false),
                    Cost = table.Column<int>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", nullable: false),
                    Progress = table.Column<int>(type: "INTEGER", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: true),
                    Message = table.Column<string>(type: "TEXT", nullable: true),
                    Provider = table.Column<string>(type: "TEXT", nullable: false),
                    Protocol = table.Column<string>(type: "TEXT", nullable: true),
                    RouteIndex = table.Column<int>(type: "INTEGER", nullable: false),
                    KeyId = table.Column<string>(type: "TEXT", nullable: true),
                    TaskId = table.Column<string>(type: "TEXT", nullable: true),
                    CallbackToken = table.Column<string>(type: "TEXT", nullable: false),
                    Sources = table.Column<string>(type: "TEXT", nullable: true),
                    HasTurn = table.Column<bool>(type: "INTEGER", nullable: false),
                    Looks = table.Column<int>(type: "INTEGER", nullable: false),
                    Fetches = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    SubmittedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DeadlineAt = table.Column<long>(type: "INTEGER", nullable: false),
                    IdempotencyKey = table.Column<string>(type: "TEXT", nullable: true),
                    BodyHash = table.Column<string>(type: "TEXT", nullable: false),
                    AnsweredAt = table.Column<long>(type: "INTEGER", nullable: true),
                    WebhookUrl = table.Column<string>(type: "TEXT", nullable: true),
                    WebhookDialect = table.Column<string>(type: "TEXT", nullable: false),
                    Publish = table.Column<bool>(type: "INTEGER", nullable: false),
                    PublishedVideoId = table.Column<string>(type: "TEXT", nullable: true),
                    PublishAttempts = table.Column<int>(type: "INTEGER", nullable: false),
                    IsFavorite = table.Column<bool>(type: "INTEGER", nullable: false),
                    DeletedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_generation_jobs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "generation_ledger",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    OwnerId = table.Column<string>(type: "TEXT", nullable: false),
                    JobId = table.Column<string>(type: "TEXT", nullable: true),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_generation_ledger", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "generation_mirrors",
                columns: table => new
                {
                    GroupId = table.Column<string>(type: "TEXT", nullable: false),
                    Revision = table.Column<long>(type: "INTEGER", nullable: false),
                    Told = table.Column<long>(type: "INTEGER", nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_generation_mirrors", x => x.GroupId);
                });

            migrationBuilder.CreateTable(
                name: "generation_secrets",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_generation_secrets", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "generation_usage",
                columns: table => new
                {
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    OwnerId = table.Column<string>(type: "TEXT", nullable: false),
                    ModelId = table.Column<string>(type: "TEXT", nullable: false),
                    Provider = table.Column<string>(type: "TEXT", nullable: false),
                    Succeeded = table.Column<long>(type: "INTEGER", nullable: false),
                    Failed = table.Column<long>(type: "INTEGER", nullable: false),
                    Cancelled = table.Column<long>(type: "INTEGER", nullable: false),
                    Credits = table.Column<long>(type: "INTEGER", nullable: false),
                    Milliseconds = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_generation_usage", x => new { x.Day, x.OwnerId, x.ModelId, x.Provider });
                });

            migrationBuilder.CreateTable(
                name: "generation_outputs",
                columns: table => new
                {
                    JobId = table.Column<string>(type: "TEXT", nullable: false),
                    Index = table.Column<int>(type: "INTEGER", nullable: false),
                    FileKey = table.Column<string>(type: "TEXT", nullable: false),
                    ContentType = table.Column<string>(type: "TEXT", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Width = table.Column<int>(type: "INTEGER", nullable: true),
                    Height = table.Column<int>(type: "INTEGER", nullable: true),
                    Seconds = table.Column<double>(type: "REAL", nullable: true),
                    PosterKey = table.Column<string>(type: "TEXT", nullable: true),
                    PreviewKey = table.Column<string>(type: "TEXT", nullable: true),
                    PreviewState = table.Column<string>(type: "TEXT", nullable: false),
                    StoragePath = table.Column<string>(type: "TEXT", nullable: true),
                    PosterPath = table.Column<string>(type: "TEXT", nullable: true),
                    PreviewPath = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_generation_outputs", x => new { x.JobId, x.Index });
                    table.ForeignKey(
                        name: "FK_generation_outputs_generation_jobs_JobId",
                        column: x => x.JobId,
                        principalTable: "generation_jobs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_generation_jobs_CallbackToken",
                table: "generation_jobs",
                column: "CallbackToken",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_generation_jobs_DueAt",
                table: "generation_jobs",
                column: "DueAt");

            migrationBuilder.CreateIndex(
                name: "IX_generation_jobs_EndedAt",
                table: "generation_jobs",
                column: "EndedAt",
                filter: "\"Publish\" AND \"PublishedVideoId\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_generation_jobs_GroupId_Number",
                table: "generation_jobs",
                columns: new[] { "GroupId", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_generation_jobs_OwnerId_BodyHash_CreatedAt",
                table: "generation_jobs",
                columns: new[] { "OwnerId", "BodyHash", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_generation_jobs_OwnerId_CreatedAt",
                table: "generation_jobs",
                columns: new[] { "OwnerId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_generation_jobs_OwnerId_IdempotencyKey",
                table: "generation_jobs",
                columns: new[] { "OwnerId", "IdempotencyKey" },
                unique: true,
                filter: "\"IdempotencyKey\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_generation_jobs_TaskId",
                table: "generation_jobs",
                column: "TaskId",
                filter: "\"TaskId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_generation_ledger_end",
                table: "generation_ledger",
                column: "JobId",
                unique: true,
                filter: "\"Kind\" IN ('settle', 'release')");

            migrationBuilder.CreateIndex(
                name: "IX_generation_ledger_OwnerId",
                table: "generation_ledger",
                column: "OwnerId");

            migrationBuilder.CreateIndex(
                name: "IX_generation_ledger_reserve",
                table: "generation_ledger",
                column: "JobId",
                unique: true,
                filter: "\"Kind\" = 'reserve'");

            migrationBuilder.CreateIndex(
                name: "IX_generation_mirrors_DueAt",
                table: "generation_mirrors",
                column: "DueAt");

            migrationBuilder.CreateIndex(
                name: "IX_generation_outputs_PreviewState",
                table: "generation_outputs",
                column: "PreviewState",
                filter: "\"PreviewState\" = 'processing'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "generation_budgets");

            migrationBuilder.DropTable(
                name: "generation_ledger");

            migrationBuilder.DropTable(
                name: "generation_mirrors");

            migrationBuilder.DropTable(
                name: "generation_outputs");

            migrationBuilder.DropTable(
                name: "generation_secrets");

            migrationBuilder.DropTable(
                name: "generation_usage");

            migrationBuilder.DropTable(
                name: "generation_jobs");
        }
    }
}
